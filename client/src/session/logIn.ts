import { ask } from "./ask";
import type { Session } from "./kept";
import { begin } from "./state";

export interface Credentials {
    user_id: string;
    device_id: string;
    access_token: string;
    refresh_token?: string;
    expires_in_ms?: number;
}

/** Log in with a password. Whoever goes on with an ended login (`before`) keeps its device and keys. */
export async function logIn(name: string, password: string, before?: Session): Promise<void> {
    await beginWith(await credentialsOf(name, password, before), before);
}

export async function credentialsOf(name: string, password: string, before?: Session): Promise<Credentials> {
    return await ask<Credentials>("POST", "/_matrix/client/v3/login", {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: name.trim() },
        password,
        refresh_token: true,
        initial_device_display_name: deviceName(),
        ...(before ? { device_id: before.deviceId } : {}),
    });
}

export async function beginWith(credentials: Credentials, before?: Session): Promise<void> {
    const { user_id: userId, device_id: deviceId, access_token: accessToken } = credentials;
    const goesOn = before?.userId === userId && before.deviceId === deviceId;
    const session: Session = {
        userId,
        deviceId,
        accessToken,
        storageKey: goesOn ? before.storageKey : newStorageKey(),
    };
    if (credentials.refresh_token) session.refreshToken = credentials.refresh_token;
    if (credentials.expires_in_ms) session.expiresAt = Date.now() + credentials.expires_in_ms;
    await begin(session);
}

/** By which the person recognises this login in the list of their devices. */
export function deviceName(agent: string = navigator.userAgent): string {
    const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? "";
    const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? "";
    const said = { Edg: "Edge", OPR: "Opera" }[browser] ?? browser;
    return ["Chappe", [said, system.replace("Mac OS X", "Mac")].filter(Boolean).join(", ")].filter(Boolean).join(": ");
}

function newStorageKey(): string {
    return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
}
