import type { CryptoApi } from "matrix-js-sdk/lib/crypto-api";

/** A login of one person, as the crypto knows it. */
export interface Device {
    id: string;
    name: string;
    /** Signed with the keys of its owner, whether or not these were compared here. */
    isConfirmed: boolean;
    /** Its part of the comparison of fingerprints. */
    fingerprint: string;
}

/** Somebody's devices that can encrypt. What the server keeps for absent people (MSC3814) is none. */
export async function devicesOf(crypto: CryptoApi, userId: string): Promise<Device[]> {
    const devices = (await crypto.getUserDeviceInfo([userId], true)).get(userId);
    const made = [...(devices?.values() ?? [])]
        .filter((device) => !device.dehydrated)
        .map(async (device) => {
            const status = await crypto.getDeviceVerificationStatus(userId, device.deviceId);
            return {
                id: device.deviceId,
                name: device.displayName || device.deviceId,
                isConfirmed: status?.signedByOwner ?? false,
                fingerprint: device.getFingerprint() ?? "",
            };
        });
    return await Promise.all(made);
}

/** In groups of four, to be read aloud. */
export function inGroups(key: string): string {
    return key.replace(/(.{4})(?=.)/g, "$1 ");
}
