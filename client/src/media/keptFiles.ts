import type { Voice } from "./outbox";

/**
 * Files that are on their way outlive the page: they are kept in this browser until they are sent. They may be for an
 * encrypted chat, so they are encrypted with a key that is made from the one that encrypts the keys of this login.
 */
export interface Kept {
    id: number;
    roomId: string;
    threadId: string | null;
    caption: Record<string, unknown> | null;
    voice: Voice | null;
    file: File;
}

export type ToKeep = Omit<Kept, "id">;

/** A larger one is not kept: it would have to be in memory twice. It is sent while the page is open. */
export const MAX_KEPT_BYTES = 100_000_000;

interface Sealed {
    iv: Uint8Array<ArrayBuffer>;
    bytes: ArrayBuffer;
}

const DATABASE = "chappe-outbox";
const STORE = "files";
const ENCODER = new TextEncoder();

/** Keep a file. Returns under what it is kept, or null where it is not. */
export async function keepFile(storageKey: string, kept: ToKeep): Promise<number | null> {
    if (kept.file.size > MAX_KEPT_BYTES) return null;
    const sealed = await seal(storageKey, kept);
    return Number(await inStore("readwrite", (store) => store.add(sealed)));
}

export async function dropFile(id: number): Promise<void> {
    await inStore("readwrite", (store) => store.delete(id));
}

/** All that is kept, in the order in which it was chosen. What another login has left there is removed. */
export async function keptFiles(storageKey: string): Promise<Kept[]> {
    const ids = await inStore("readonly", (store) => store.getAllKeys());
    const found: Kept[] = [];
    for (const id of ids.map(Number)) {
        const sealed = await inStore("readonly", (store) => store.get(id) as IDBRequest<Sealed>);
        try {
            found.push({ id, ...(await unseal(storageKey, sealed)) });
        } catch (error) {
            console.warn("A file that waited cannot be read", error);
            await dropFile(id);
        }
    }
    return found;
}

export async function forgetFiles(): Promise<void> {
    await inStore("readwrite", (store) => store.clear());
}

/** Encrypted: the length of what is told of the file, that as JSON, and the bytes of the file. */
export async function seal(storageKey: string, { file, ...told }: ToKeep): Promise<Sealed> {
    const head = ENCODER.encode(JSON.stringify({ ...told, name: file.name, type: file.type }));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, head.length);
    const plain = await new Blob([length, head, file]).arrayBuffer();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyFrom(storageKey), plain);
    return { iv, bytes };
}

export async function unseal(storageKey: string, { iv, bytes }: Sealed): Promise<ToKeep> {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyFrom(storageKey), bytes);
    const end = 4 + new DataView(plain).getUint32(0);
    const head = JSON.parse(new TextDecoder().decode(plain.slice(4, end)));
    const { name, type, ...told } = head as Omit<ToKeep, "file"> & { name: string; type: string };
    return { ...told, file: new File([plain.slice(end)], name, { type }) };
}

async function keyFrom(storageKey: string): Promise<CryptoKey> {
    const secret = Uint8Array.from(atob(storageKey), (sign) => sign.charCodeAt(0));
    const from = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: ENCODER.encode("chappe outbox") };
    return crypto.subtle.deriveKey(how, from, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
            const database = opening.result;
            const transaction = database.transaction(STORE, mode);
            const request = act(transaction.objectStore(STORE));
            transaction.oncomplete = () => {
                database.close();
                resolve(request.result);
            };
            transaction.onabort = () => {
                database.close();
                reject(transaction.error); // no space is left, for one
            };
        };
    });
}
