import type { Kept } from "./kept";

/** What the server tells a browser (Push Gateway API v1.19); of an encrypted message nothing but IDs. */
export interface Pushed {
    event_id?: string;
    room_id?: string;
    type?: string;
    sender?: string;
    sender_display_name?: string;
    room_name?: string;
    content?: { body?: unknown };
    counts?: { unread?: number };
}

/** Where a notice leads to. */
export interface Leads {
    roomId: string;
    eventId: string;
}

export interface Notice {
    title: string;
    options: NotificationOptions & { data: Leads };
}

const APP = "Chappe";
const LONGEST = 200;

/** A notice of one message, in the place of the one before it in the same chat. Null for what only tells a count. */
export function noticeOf(pushed: Pushed, kept: Kept | undefined): Notice | null {
    const { event_id: eventId, room_id: roomId } = pushed;
    if (!eventId || !roomId) return null;
    const sender = pushed.sender_display_name ?? pushed.sender ?? "";
    const room = kept?.names[roomId] ?? pushed.room_name ?? sender;
    const said = typeof pushed.content?.body === "string" ? pushed.content.body.slice(0, LONGEST) : "";
    const text = said || (kept?.newMessage ?? "New message");
    return {
        title: room || APP,
        options: {
            ...showsAs(roomId, eventId),
            body: sender && sender !== room ? `${sender}: ${text}` : text,
            silent: !kept?.makesSound,
        },
    };
}

/** What a notice of a message looks like, whoever shows it: the page or the service worker. */
export function showsAs(roomId: string, eventId: string): NotificationOptions & { data: Leads } {
    const data: Leads = { roomId, eventId };
    return { tag: roomId, icon: "/icons/chappe-192.png", badge: "/icons/chappe-192.png", data };
}

/** Show it, and let it be heard, unless it is a better text for what is shown already. */
export async function show(registration: ServiceWorkerRegistration, { title, options }: Notice): Promise<void> {
    const isAgain = await isShown(registration, options.data);
    const heard = isAgain ? { renotify: false, silent: true } : { renotify: true };
    await registration.showNotification(title, { ...options, ...heard } as NotificationOptions);
}

export async function isShown(registration: ServiceWorkerRegistration, { roomId, eventId }: Leads): Promise<boolean> {
    const shown = await registration.getNotifications({ tag: roomId });
    return shown.some(({ data }) => (data as Leads | undefined)?.eventId === eventId);
}
