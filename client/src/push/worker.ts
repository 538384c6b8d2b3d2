/// <reference lib="webworker" />
import { readKept } from "./kept";
import { isShown, type Leads, noticeOf, type Pushed, show } from "./notice";

/** The part of the service worker that is told by the server while Chappe is closed, or behind other windows. */
declare const self: ServiceWorkerGlobalScope;

/** What the page is told when somebody chose a notice. */
export interface Chosen {
    chosen: Leads;
}

export async function onPush(data: PushMessageData | null): Promise<void> {
    const pushed = read(data);
    await badge(pushed.counts?.unread ?? 0);
    const notice = noticeOf(pushed, await readKept().catch(() => undefined));
    if (!notice) {
        if (!pushed.counts?.unread) await closeAll();
        return;
    }
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    if (windows.some((each) => each.focused)) return; // it is on the screen already
    if (await isShown(self.registration, notice.options.data)) return; // by a page, which knows the text
    await show(self.registration, notice);
}

/** Open the chat: in a window that is there, or in a new one. */
export async function onChosen(notification: Notification): Promise<void> {
    notification.close();
    const chosen = notification.data as Leads;
    const [open] = await self.clients.matchAll({ type: "window" });
    if (open) {
        open.postMessage({ chosen } satisfies Chosen);
        await open.focus().catch(() => undefined); // a browser may not let us
        return;
    }
    await self.clients.openWindow(`/#/chat/${encodeURIComponent(chosen.roomId)}`);
}

function read(data: PushMessageData | null): Pushed {
    try {
        const said: unknown = data?.json();
        return said && typeof said === "object" ? said : {};
    } catch {
        return {};
    }
}

async function badge(count: number): Promise<void> {
    await (navigator as { setAppBadge?: (count: number) => Promise<void> }).setAppBadge?.(count).catch(() => undefined);
}

/** What they told of has been read elsewhere. */
async function closeAll(): Promise<void> {
    for (const each of await self.registration.getNotifications()) each.close();
}
