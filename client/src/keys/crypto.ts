import type { CryptoApi } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";

/** The crypto of whoever is logged in. `openMatrix` has started it. */
export function cryptoOf(matrix: Matrix): CryptoApi {
    const crypto = matrix.client.getCrypto();
    if (!crypto) throw new Error("The crypto was not started");
    return crypto;
}
