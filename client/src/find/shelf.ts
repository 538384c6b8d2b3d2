export type Block = Uint8Array<ArrayBuffer>;

/** Where blocks of bytes are kept by name. What is written together is there together, or not at all. */
export interface Shelf {
    get(name: string): Promise<Block | undefined>;
    write(blocks: ReadonlyMap<string, Block>, gone: readonly string[]): Promise<void>;
    clear(): Promise<void>;
    close(): void;
}

/** Its name stands in `session/leftovers.ts`, too, which removes it after logging out. */
export const DATABASE = "chappe-index";
const STORE = "blocks";

/** In the browser's database. */
export function openShelf(): Promise<Shelf> {
    return new Promise((resolve, reject) => {
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
            const database = opening.result;
            database.onversionchange = () => database.close(); // somebody removes it
            resolve(shelfIn(database));
        };
    });
}

function shelfIn(database: IDBDatabase): Shelf {
    const act = <T>(
        mode: IDBTransactionMode,
        of: (store: IDBObjectStore) => IDBRequest<T> | null,
    ): Promise<T | undefined> =>
        new Promise((resolve, reject) => {
            const transaction = database.transaction(STORE, mode);
            const request = of(transaction.objectStore(STORE));
            transaction.oncomplete = () => resolve(request?.result);
            transaction.onerror = () => reject(transaction.error);
            transaction.onabort = () => reject(transaction.error);
        });
    return {
        get: (name) => act("readonly", (store) => store.get(name) as IDBRequest<Block | undefined>),
        async write(blocks, gone) {
            await act("readwrite", (store) => {
                for (const name of gone) store.delete(name);
                for (const [name, block] of blocks) store.put(block, name);
                return null;
            });
        },
        async clear() {
            await act("readwrite", (store) => store.clear());
        },
        close: () => database.close(),
    };
}
