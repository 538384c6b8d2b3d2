import type { EncryptedFile } from "matrix-js-sdk/lib/@types/media";

/** What stands in a message for an upload that is encrypted, without the address of the upload. */
export type HowEncrypted = Omit<EncryptedFile, "url"> & {
    /** Of the attachment itself: part of what the sender commits to (`docs/decisions/0024`). */
    "org.chappe.plain_sha256"?: string;
};

type Bytes = Uint8Array<ArrayBuffer>;

/** Encrypt an attachment with a key of its own (Client-Server API v1.19, "Sending encrypted attachments"). */
export async function encryptBytes(plain: ArrayBuffer): Promise<{ bytes: ArrayBuffer; how: HowEncrypted }> {
    const key = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
    const iv: Bytes = new Uint8Array(16);
    crypto.getRandomValues(iv.subarray(0, 8)); // the other half counts blocks, from nothing
    const bytes = await crypto.subtle.encrypt(counterFrom(iv), key, plain);
    const [jwk, hash, plainHash] = await Promise.all([
        crypto.subtle.exportKey("jwk", key),
        crypto.subtle.digest("SHA-256", bytes),
        crypto.subtle.digest("SHA-256", plain),
    ]);
    const how: HowEncrypted = {
        v: "v2",
        key: { alg: "A256CTR", ext: true, k: jwk.k ?? "", key_ops: ["encrypt", "decrypt"], kty: "oct" },
        iv: toBase64(iv),
        hashes: { sha256: toBase64(new Uint8Array(hash)) },
        "org.chappe.plain_sha256": toBase64(new Uint8Array(plainHash)),
    };
    return { bytes, how };
}

/** What came is not what was sent. */
export class Damaged extends Error {}

/** Decrypt an attachment. Its hash is checked first: AES-CTR itself notices no change. */
export async function decryptBytes(bytes: ArrayBuffer, how: HowEncrypted): Promise<ArrayBuffer> {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const wanted = fromBase64(how.hashes["sha256"] ?? "");
    if (hash.length !== wanted.length || hash.some((byte, i) => byte !== wanted[i])) throw new Damaged("The hash");
    const { k, kty, alg } = how.key;
    if (kty !== "oct" || alg !== "A256CTR") throw new Damaged("The key");
    const iv = fromBase64(how.iv);
    if (iv.length !== 16) throw new Damaged("The counter");
    const jwk = { kty, alg, k, ext: true, key_ops: ["decrypt"] };
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "AES-CTR" }, false, ["decrypt"]);
    return crypto.subtle.decrypt(counterFrom(iv), key, bytes);
}

function counterFrom(iv: Bytes): AesCtrParams {
    return { name: "AES-CTR", counter: iv, length: 64 };
}

/** Unpadded, as everywhere in the specification. */
function toBase64(bytes: Bytes): string {
    return btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
}

function fromBase64(text: string): Bytes {
    try {
        const plain = text.replaceAll("-", "+").replaceAll("_", "/");
        return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
    } catch {
        throw new Damaged("The base64");
    }
}

/** Whether a message says all that is needed to decrypt its attachment. */
export function isEncryptedFile(value: unknown): value is EncryptedFile {
    if (typeof value !== "object" || value === null) return false;
    const { url, key, iv, hashes } = value as Partial<EncryptedFile>;
    return (
        typeof url === "string" &&
        typeof iv === "string" &&
        typeof key === "object" &&
        key !== null &&
        typeof key.k === "string" &&
        typeof hashes === "object" &&
        hashes !== null &&
        typeof hashes["sha256"] === "string"
    );
}
