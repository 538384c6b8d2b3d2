/**
 * What the service worker needs to say something about a push, kept by the page: the worker has no words of its own and
 * no chats. Names of chats are here only while this person wants to be told with Chappe closed.
 */
export interface Kept {
    /** Instead of a text that the push does not have: in encrypted chats it never does. */
    newMessage: string;
    /** What the chats are called in the list, by their ID. */
    names: Record<string, string>;
    makesSound: boolean;
}

const DATABASE = "chappe-push";
const STORE = "kept";
const KEY = "kept";

export function readKept(): Promise<Kept | undefined> {
    return inStore("readonly", (store) => store.get(KEY) as IDBRequest<Kept | undefined>);
}

export async function writeKept(kept: Kept): Promise<void> {
    await inStore("readwrite", (store) => store.put(kept, KEY));
}

export async function forgetKept(): Promise<void> {
    await inStore("readwrite", (store) => store.clear());
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
