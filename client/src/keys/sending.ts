import { EventStatus } from "matrix-js-sdk";
import { AllDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { cryptoOf } from "./crypto";
import { peopleOf, type Trust } from "./trust";

/**
 * Every device of the people in a room gets its keys, but nothing is sent while somebody who was compared has other
 * keys, or a device that they have not confirmed: it would be sent to whoever is behind those. `Strip` says so.
 */
export function keepSending(matrix: Matrix): void {
    cryptoOf(matrix).setDeviceIsolationMode(new AllDevicesIsolationMode(true));
}

/** Take somebody's keys as they are now, as if they had never been compared, and send what waited. */
export async function goOnWith(matrix: Matrix, userId: string, trust: Trust, roomId: string): Promise<void> {
    const crypto = cryptoOf(matrix);
    if (trust.kind === "broken") await crypto.withdrawVerificationRequirement(userId);
    else if (trust.kind === "changed") await crypto.pinCurrentUserIdentity(userId);
    for (const { id } of trust.unsigned) await crypto.setDeviceVerified(userId, id, true);
    await peopleOf(matrix).look(userId);
    await sendWaiting(matrix, roomId);
}

export async function sendWaiting({ client }: Matrix, roomId: string): Promise<void> {
    const room = client.getRoom(roomId);
    const waiting = room?.getPendingEvents().filter(({ status }) => status === EventStatus.NOT_SENT) ?? [];
    if (room) for (const event of waiting) await client.resendEvent(event, room);
}
