/** Encrypts what is written down, with a key that scripts may use but not read, made from another one for one purpose. */
export class Seal {
    private constructor(private readonly key: CryptoKey) {}

    /** `storageKey`: the session’s own, which is itself sealed in this browser and gone after logging out (`session/kept.ts`). */
    static async of(storageKey: string, purpose: string): Promise<Seal> {
        return Seal.from(
            Uint8Array.from(atob(storageKey), (sign) => sign.charCodeAt(0)),
            purpose,
        );
    }

    static async from(secret: BufferSource, purpose: string): Promise<Seal> {
        const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
        const how = {
            name: "HKDF",
            hash: "SHA-256",
            salt: new Uint8Array(32),
            info: new TextEncoder().encode(`chappe ${purpose}`),
        };
        return new Seal(
            await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
        );
    }

    /** `name` is not kept, but must be the same to open it: so nothing can be put into the place of something else. */
    async seal(name: string, value: unknown): Promise<Uint8Array<ArrayBuffer>> {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const clear = new TextEncoder().encode(JSON.stringify(value));
        const sealed = await crypto.subtle.encrypt(howFor(name, iv), this.key, clear);
        const bytes = new Uint8Array(iv.length + sealed.byteLength);
        bytes.set(iv);
        bytes.set(new Uint8Array(sealed), iv.length);
        return bytes;
    }

    /** Throws where it is of another key, of another name, or damaged. */
    async open<T>(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<T> {
        const clear = await crypto.subtle.decrypt(howFor(name, bytes.slice(0, 12)), this.key, bytes.slice(12));
        return JSON.parse(new TextDecoder().decode(clear)) as T;
    }
}

function howFor(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}
