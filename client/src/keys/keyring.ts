import { cryptoCallbacks } from "../matrix/cryptoCallbacks";

/** Keys of the secret storage. They are here only while something is done with them, and nobody is asked behind their back. */
const held = new Map<string, Uint8Array<ArrayBuffer>>();

cryptoCallbacks.getSecretStorageKey = async ({ keys }) => {
    const keyId = Object.keys(keys).find((id) => held.has(id));
    const key = keyId === undefined ? undefined : held.get(keyId);
    return keyId !== undefined && key ? [keyId, key] : null;
};

cryptoCallbacks.cacheSecretStorageKey = (keyId, _, key) => void held.set(keyId, key);

/** Do something that opens the secret storage, with its key or with one that is made meanwhile. */
export async function withSecrets<T>(act: () => Promise<T>, opened?: [keyId: string, key: Uint8Array<ArrayBuffer>]) {
    if (opened) held.set(...opened);
    try {
        return await act();
    } finally {
        held.clear();
    }
}
