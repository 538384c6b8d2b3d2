/**
 * The session, kept in this browser. It is encrypted with a key that scripts may use but not read, so that a copy of
 * the browser's files alone is of no use to whoever took it. The service worker reads it from here, too.
 */
export interface Session {
    userId: string;
    deviceId: string;
    accessToken: string;
    refreshToken?: string;
    /** When the access token ends, in milliseconds; it does not when this is missing. */
    expiresAt?: number;
    /** Encrypts the keys that the SDK keeps in this browser. */
    storageKey: string;
    /** The login has ended but its keys are still here: the same person can log in again and go on. */
    hasEnded?: boolean;
}

interface Sealed {
    iv: Uint8Array<ArrayBuffer>;
    bytes: ArrayBuffer;
}

const DATABASE = "chappe-session";
const STORE = "kept";

export async function readSession(): Promise<Session | null> {
    const [key, sealed] = await Promise.all([get<CryptoKey>("key"), get<Sealed>("session")]);
    if (!key || !sealed) return null;
    try {
        const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.bytes);
        return JSON.parse(new TextDecoder().decode(bytes)) as Session;
    } catch {
        return null; // half written, or of another key: as good as none
    }
}

export async function writeSession(session: Session): Promise<void> {
    let key = await get<CryptoKey>("key");
    if (!key) {
        key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
        await put("key", key);
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv },
        key,
        new TextEncoder().encode(JSON.stringify(session)),
    );
    await put("session", { iv, bytes } satisfies Sealed);
}

export async function forgetSession(): Promise<void> {
    await inStore("readwrite", (store) => store.clear());
}

function get<T>(name: string): Promise<T | undefined> {
    return inStore("readonly", (store) => store.get(name) as IDBRequest<T | undefined>);
}

async function put(name: string, value: unknown): Promise<void> {
    await inStore("readwrite", (store) => store.put(value, name));
}

function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
            const database = opening.result;
            const transaction = database.transaction(STORE, mode);
            const request = act(transaction.objectStore(STORE));
            transaction.oncomplete = () => {
                database.close();
                resolve(request.result);
            };
            transaction.onerror = () => {
                database.close();
                reject(transaction.error);
            };
        };
    });
}
