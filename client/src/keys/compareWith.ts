import type { Matrix } from "../matrix/matrix";
import { openComparison } from "./Comparison";
import { cryptoOf } from "./crypto";

/** Ask somebody to compare keys, in the chat with them. */
export async function compareWith(matrix: Matrix, userId: string, roomId: string): Promise<void> {
    const crypto = cryptoOf(matrix);
    const running = crypto.findVerificationRequestDMInProgress(roomId, userId);
    openComparison(matrix, running?.pending ? running : await crypto.requestVerificationDM(userId, roomId));
}
