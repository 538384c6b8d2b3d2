import { effect } from "@preact/signals";
import { type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { Seal } from "../matrix/seal";
import { draftOf, keepDraft, keptDraft, onDraft } from "./drafts";
import { targetOf } from "./target";

/** In the account data of a room: what was begun in it, encrypted. Empty: nothing. */
export const DRAFT = "org.chappe.draft";
/** Others see it, this much after the last letter. */
const SOON_MS = 1_500;
/** A longer draft stays on this device: account data has a limit. */
const MAX_CHARS = 8_000;

/**
 * Drafts in step across one's devices. They are encrypted with a key made from that of the key backup, which every
 * confirmed device has and the server has not; a device without it keeps its drafts to itself.
 */
export class DraftsInStep {
    private readonly timers = new Map<string, number>();
    private readonly changed = new Set<string>();
    private seal: { of: string; seal: Seal } | null = null;
    private readonly stops: (() => void)[] = [];

    constructor(private readonly matrix: Matrix) {
        const { client, connection } = matrix;
        client.on(RoomEvent.AccountData, this.onAccountData);
        client.on(CryptoEvent.KeyBackupDecryptionKeyCached, this.readAll);
        this.stops.push(
            onDraft(this.onDraft),
            effect(() => {
                if (connection.value === "online") for (const roomId of this.changed) void this.send(roomId);
            }),
        );
        this.readAll();
    }

    private readonly onDraft = (scope: string): void => {
        // Threads, and what is only being changed, stay here.
        if (scope.includes(" ") || targetOf(scope).peek()?.kind === "edit") return;
        if (draftOf(scope).peek() === (keptDraft(scope) ?? "")) return;
        this.changed.add(scope);
        clearTimeout(this.timers.get(scope));
        this.timers.set(
            scope,
            window.setTimeout(() => void this.send(scope), SOON_MS),
        );
    };

    private readonly onAccountData = (event: MatrixEvent, room: Room): void => {
        if (event.getType() === DRAFT) void this.read(room.roomId, event.getContent());
    };

    private readonly readAll = (): void => {
        for (const room of this.matrix.client.getRooms()) {
            const content = room.getAccountData(DRAFT)?.getContent();
            if (content?.["sealed"]) void this.read(room.roomId, content);
        }
        for (const roomId of this.changed) void this.send(roomId);
    };

    private async send(roomId: string): Promise<void> {
        const text = draftOf(roomId).peek();
        if (text === (keptDraft(roomId) ?? "") || text.length > MAX_CHARS) {
            this.changed.delete(roomId);
            return;
        }
        const seal = await this.sealNow();
        if (!seal) return; // later, when the key is there
        this.changed.delete(roomId);
        const before = keptDraft(roomId) ?? "";
        keepDraft(roomId, text); // before the server tells it: it may be told while somebody types on
        try {
            const content = text ? { sealed: base64(await seal.seal(nameFor(roomId), text)) } : {};
            await this.matrix.client.setRoomAccountData(roomId, DRAFT, content);
        } catch (error) {
            console.warn("A draft stays here for now", error);
            keepDraft(roomId, before);
            this.changed.add(roomId);
        }
    }

    /** Take what another device has begun, unless somebody types here and it is not known there yet. */
    private async read(roomId: string, content: Record<string, unknown>): Promise<void> {
        const text = await this.opened(roomId, content["sealed"]);
        if (text === null) return;
        const draft = draftOf(roomId);
        const isSame = draft.peek() === (keptDraft(roomId) ?? "");
        keepDraft(roomId, text);
        if (isSame && targetOf(roomId).peek()?.kind !== "edit") draft.value = text;
        else this.onDraft(roomId);
    }

    /** Null for what is of another key, or no draft. */
    private async opened(roomId: string, sealed: unknown): Promise<string | null> {
        if (sealed === undefined) return "";
        const seal = await this.sealNow();
        if (!seal || typeof sealed !== "string") return null;
        try {
            const text = await seal.open<unknown>(nameFor(roomId), bytesOf(sealed));
            return typeof text === "string" ? text : null;
        } catch {
            return null;
        }
    }

    private async sealNow(): Promise<Seal | null> {
        const key = await this.matrix.client.getCrypto()?.getSessionBackupPrivateKey();
        if (!key) return null;
        const of = base64(key);
        if (this.seal?.of !== of) this.seal = { of, seal: await Seal.from(new Uint8Array(key), "drafts") };
        return this.seal.seal;
    }

    close(): void {
        const { client } = this.matrix;
        client.off(RoomEvent.AccountData, this.onAccountData);
        client.off(CryptoEvent.KeyBackupDecryptionKeyCached, this.readAll);
        for (const stop of this.stops) stop();
        for (const timer of this.timers.values()) clearTimeout(timer);
    }
}

/** What is sealed for one room does not open in another. */
function nameFor(roomId: string): string {
    return `draft ${roomId}`;
}

function base64(bytes: Uint8Array): string {
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
