import type { Matrix } from "../matrix/matrix";
import { authenticated } from "./authenticated";
import { cryptoOf } from "./crypto";

/**
 * The first login of an account makes its keys, and a copy of the keys of rooms, without asking anybody: a first
 * upload needs no password (spec: "POST /keys/device_signing/upload"). Returns whether they were made now.
 */
export async function setUpKeys(matrix: Matrix): Promise<boolean> {
    const crypto = cryptoOf(matrix);
    if (await crypto.userHasCrossSigningKeys()) return false;
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: authenticated(matrix) });
    if (!(await crypto.getKeyBackupInfo())) await crypto.resetKeyBackup();
    return true;
}
