import type { CryptoCallbacks } from "matrix-js-sdk/lib/crypto-api";

/** What the crypto asks a person for, filled by `keys/`: `cryptoCallbacks.getSecretStorageKey = …`. */
export const cryptoCallbacks: CryptoCallbacks = {};
