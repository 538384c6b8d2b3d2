import type { Matrix } from "../matrix/matrix";
import { authenticated, confirmPassword } from "./authenticated";
import { cryptoOf } from "./crypto";

/**
 * New keys instead of lost ones. The password is asked for first: the SDK removes the copy and the recovery key before
 * it needs the password, and somebody who does not know it must not get as far as that.
 */
export async function beginAgain(matrix: Matrix): Promise<void> {
    const password = await confirmPassword(matrix);
    await cryptoOf(matrix).resetEncryption(authenticated(matrix, password));
}
