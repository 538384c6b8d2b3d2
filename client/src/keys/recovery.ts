import type { GeneratedSecretStorageKey } from "matrix-js-sdk/lib/crypto-api";
import { decodeRecoveryKey, deriveRecoveryKeyFromPassphrase } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { cryptoOf } from "./crypto";
import { withSecrets } from "./keyring";
import { restoreAll } from "./restore";

/** 48 signs of base58, of which the first follows from the two bytes that begin every key. */
const SHAPE = /^E[1-9A-HJ-NP-Za-km-z]{47}$/;

/** What somebody typed does not open their keys. `isMisshapen`: it cannot even be a recovery key. */
export class WrongKey extends Error {
    constructor(readonly isMisshapen: boolean) {
        super("The key does not open the secret storage");
    }
}

export class NothingKept extends Error {}

export type RecoveryKey = GeneratedSecretStorageKey & { encodedPrivateKey: string };

/** A new recovery key. Nothing is stored before `keepRecoveryKey`. */
export async function makeRecoveryKey(matrix: Matrix, passphrase?: string): Promise<RecoveryKey> {
    const made = await cryptoOf(matrix).createRecoveryKeyFromPassphrase(passphrase);
    if (!made.encodedPrivateKey) throw new Error("The recovery key has no form for people");
    return { ...made, encodedPrivateKey: made.encodedPrivateKey };
}

/** From now on this recovery key opens this person's keys, and no other does. */
export async function keepRecoveryKey(matrix: Matrix, made: RecoveryKey): Promise<void> {
    const crypto = cryptoOf(matrix);
    const hasBackup = (await crypto.getActiveSessionBackupVersion()) !== null;
    await withSecrets(() =>
        crypto.bootstrapSecretStorage({
            createSecretStorageKey: async () => made,
            setupNewSecretStorage: true,
            setupNewKeyBackup: !hasBackup,
        }),
    );
}

/** Confirm this device with a recovery key or passphrase, and get the kept keys of rooms. Returns how many. */
export async function recover(matrix: Matrix, typed: string): Promise<number> {
    const crypto = cryptoOf(matrix);
    const { secretStorage } = matrix.client;
    const opened = await openedBy(matrix, typed);
    return await withSecrets(async () => {
        // Without this the SDK would make new keys where it finds none.
        if (!(await secretStorage.isStored("m.cross_signing.master"))) throw new NothingKept();
        await crypto.bootstrapCrossSigning({});
        if (!(await secretStorage.isStored("m.megolm_backup.v1")) || !(await crypto.getKeyBackupInfo())) return 0;
        await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
        await crypto.checkKeyBackupAndEnable();
        return await restoreAll(matrix);
    }, opened);
}

async function openedBy(matrix: Matrix, typed: string): Promise<[string, Uint8Array<ArrayBuffer>]> {
    const { secretStorage } = matrix.client;
    const found = await secretStorage.getKey();
    if (!found) throw new NothingKept();
    const [keyId, info] = found;
    const asKey = decoded(typed);
    if (asKey && (await secretStorage.checkKey(asKey, info))) return [keyId, asKey];
    if (info.passphrase) {
        const { salt, iterations, bits } = info.passphrase;
        const asPassphrase = await deriveRecoveryKeyFromPassphrase(typed.trim(), salt, iterations, bits);
        if (await secretStorage.checkKey(asPassphrase, info)) return [keyId, asPassphrase];
    }
    throw new WrongKey(!info.passphrase && !SHAPE.test(typed.replace(/\s/g, "")));
}

function decoded(typed: string): Uint8Array<ArrayBuffer> | null {
    try {
        return decodeRecoveryKey(typed.replace(/\s/g, ""));
    } catch {
        return null;
    }
}
