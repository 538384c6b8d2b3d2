import { type MatrixClient, Method } from "matrix-js-sdk";
import { language, words } from "../words";
import { forgetKept } from "./kept";

/** What this server offers to browsers: the key by which they know it, and what its pushers are called. */
interface Offer {
    app_id: string;
    url: string;
    public_key: string;
}

const CHOICE = "chappe.push";

export const canPush = "PushManager" in globalThis && "serviceWorker" in navigator;

/** Whether this person wants to be told here with Chappe closed. */
export function wantsPush(): boolean {
    return canPush && localStorage.getItem(CHOICE) === "yes";
}

/** Let the browser be told, and the server know where. Throws where the browser, its maker or the server does not. */
export async function beginPush(client: MatrixClient): Promise<void> {
    const offer = await client.http.authedRequest<Offer>(Method.Get, "/web_push", undefined, undefined, {
        prefix: "/_chappe/client/v1",
    });
    const { endpoint, keys } = (await subscribed(bytesOf(offer.public_key))).toJSON();
    const pushkey = keys?.["p256dh"];
    if (!endpoint || !pushkey) throw new Error("The browser gave no keys");
    await client.setPusher({
        kind: "http",
        app_id: offer.app_id,
        pushkey,
        app_display_name: words.value.common.appName,
        device_display_name: words.value.push.browser,
        lang: language.value,
        data: { url: offer.url, endpoint, keys } as never, // the SDK's type knows the data of one gateway only
    });
    localStorage.setItem(CHOICE, "yes");
}

/** The server tells this browser nothing any more. */
export async function endPush(client: MatrixClient): Promise<void> {
    localStorage.removeItem(CHOICE);
    const subscription = await current();
    const pushkey = subscription?.toJSON().keys?.["p256dh"];
    if (pushkey) {
        const mine = (await client.getPushers()).pushers.filter((each) => each.pushkey === pushkey);
        for (const each of mine) await client.removePusher(each.pushkey, each.app_id);
    }
    await forgetPush();
}

/** What a login leaves in the browser itself. The server forgets a pusher together with its device. */
export async function forgetPush(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.getRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
    for (const each of (await registration?.getNotifications?.()) ?? []) each.close();
    await forgetKept();
}

/** The subscription for this server's key. One for another key is of a server that was here before. */
async function subscribed(key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
    const { pushManager } = await navigator.serviceWorker.ready;
    const before = await pushManager.getSubscription();
    if (before && isSame(before.options.applicationServerKey, key)) return before;
    await before?.unsubscribe();
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function current(): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker.getRegistration();
    return (await registration?.pushManager.getSubscription()) ?? null;
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
    if (!one || one.byteLength !== other.length) return false;
    return new Uint8Array(one).every((byte, i) => byte === other[i]);
}

/** Bytes from base64 as it stands in addresses. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}
