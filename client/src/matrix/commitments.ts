import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { canonicalJson, NotCanonical } from "./canonicalJson";

/**
 * A sender's promise of what an encrypted message says, which a report can open: `docs/decisions/0024`. Beside the
 * ciphertext stands `HMAC-SHA256(k, m)`, inside of it k; m is the message as it is decrypted, with its room and sender.
 */
export const COMMITMENT = "org.chappe.commitment";
export const OPENING = "org.chappe.opening";

/** 32 bytes. */
const KEY = /^[A-Za-z0-9+/]{43}$/;

type Content = Record<string, unknown>;

/** What is committed to. */
export interface Message {
    roomId: string;
    sender: string;
    type: string;
    /** Without the opening. */
    content: Content;
}

export interface Commitment {
    v: 1;
    hmac: string;
}

/** The part of the SDK's crypto that encrypts; it is not in its public interface, and `commitments.test.ts` looks that it is there. */
export interface Encrypts {
    encryptEvent(event: MatrixEvent, room: Room): Promise<void>;
}

/** Have every message that this client encrypts carry a commitment of its own. */
export function commitToMessages(client: MatrixClient): void {
    commitThrough(client.getCrypto() as unknown as Encrypts, client.getSafeUserId());
}

export function commitThrough(crypto: Encrypts, sender: string): void {
    const encrypt = crypto.encryptEvent.bind(crypto);
    crypto.encryptEvent = async (event, room) => {
        const commitment = event.isState() ? null : await begin(event, room.roomId, sender);
        await encrypt(event, room);
        if (commitment) (event.event.content as Content)[COMMITMENT] = commitment; // the content of m.room.encrypted by now
    };
}

/** Put a fresh key into what will be encrypted. Null for what cannot be committed to: it is sent without. */
async function begin(event: MatrixEvent, roomId: string, sender: string): Promise<Commitment | null> {
    const content = withoutOpening(event.getContent());
    const key = crypto.getRandomValues(new Uint8Array(32));
    try {
        const hmac = await hmacOf(key, { roomId, sender, type: event.getType(), content });
        event.event.content = { ...content, [OPENING]: base64(key) };
        return { v: 1, hmac };
    } catch (error) {
        if (!(error instanceof NotCanonical)) throw error;
        event.event.content = content;
        return null;
    }
}

/** A message without the key of its commitment, or of that of another message which it was made from. */
export function withoutOpening(content: Content): Content {
    const plain = JSON.parse(JSON.stringify(content)) as Content; // as it is encrypted: what is undefined is not there
    delete plain[OPENING];
    return plain;
}

export async function hmacOf(key: Uint8Array<ArrayBuffer>, message: Message): Promise<string> {
    const { roomId, sender, type, content } = message;
    const bytes = new TextEncoder().encode(canonicalJson({ room_id: roomId, sender, type, content }));
    const hmacKey = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return base64(new Uint8Array(await crypto.subtle.sign("HMAC", hmacKey, bytes)));
}

/** Whether a key opens a commitment, as the server will see it (`chappe/moderation/proof.py`). */
export async function opens(commitment: unknown, opening: unknown, message: Message): Promise<boolean> {
    if (typeof commitment !== "object" || commitment === null || typeof opening !== "string") return false;
    const { v, hmac } = commitment as Partial<Commitment>;
    if (v !== 1 || typeof hmac !== "string" || !KEY.test(opening)) return false;
    const key = Uint8Array.from(atob(opening), (sign) => sign.charCodeAt(0));
    try {
        return (await hmacOf(key, message)) === hmac;
    } catch (error) {
        if (error instanceof NotCanonical) return false;
        throw error;
    }
}

/** Unpadded, as everywhere in the specification. */
function base64(bytes: Uint8Array): string {
    return btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
}
