import { type ReadonlySignal, signal } from "@preact/signals";
import { type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import type { Matrix } from "../matrix/matrix";
import { isOfficial, isOfficialRoom } from "../matrix/official";
import { type Decision, Safety } from "./api";
import { restoreAll } from "./restricted";

/** The key of a server notice that holds its data (`chappe/moderation/tell.py`). */
const ABOUT = "org.chappe.safety";

/** What the server told this person, as far as this client knows it. */
export interface Notice {
    type: string;
    [key: string]: unknown;
}

/** What an event tells, if the server itself says it; null for everybody who only writes such a thing. */
export function noticeIn(event: MatrixEvent): Notice | null {
    if (!isOfficial(event) || event.isRedacted() || event.getType() !== "m.room.message") return null;
    const about: unknown = event.getContent()[ABOUT];
    if (typeof about !== "object" || about === null) return null;
    return typeof (about as Notice).type === "string" ? (about as Notice) : null;
}

/** What somebody should know of at once, wherever they are. That a report was received is no such thing. */
const PRESSING = new Set(["statement", "reversal", "complaint", "answer"]);

const count = signal(0);
const unread = signal<Notice | null>(null);
const account = signal<Decision | null>(null);

/** Changes whenever the server tells something: lists ask again. */
export const news: ReadonlySignal<number> = count;

/** The newest thing that concerns this person and that they have not read. */
export const unreadNotice: ReadonlySignal<Notice | null> = unread;

/** The decision by which this person's account is restricted at the moment. */
export const onAccount: ReadonlySignal<Decision | null> = account;

/** Follow what the server tells. Returns how to stop. */
export function followNotices(matrix: Matrix): () => void {
    const { client } = matrix;
    const look = (room: Room | undefined): void => {
        if (room && isOfficialRoom(room)) unread.value = newestUnread(room, matrix.me);
    };
    const onTimeline = (event: MatrixEvent, room: Room | undefined): void => {
        const notice = noticeIn(event);
        if (!notice) return;
        look(room);
        count.value++;
        if (notice.type === "statement" || notice.type === "reversal") void lookAtAccount(matrix);
        if (notice.type === "reversal") void restoreAll(client);
    };
    const onReceipt = (_: unknown, room: Room): void => look(room);
    client.on(RoomEvent.Timeline, onTimeline);
    client.on(RoomEvent.Receipt, onReceipt);
    const rooms = client.getRooms().filter(isOfficialRoom);
    for (const room of rooms) look(room);
    if (rooms.length > 0) void lookAtAccount(matrix); // without a notice there is no decision
    return () => {
        client.off(RoomEvent.Timeline, onTimeline);
        client.off(RoomEvent.Receipt, onReceipt);
        unread.value = null;
        account.value = null;
    };
}

function newestUnread(room: Room, me: string): Notice | null {
    const events = room.getLiveTimeline().getEvents();
    const readUpTo = room.getEventReadUpTo(me);
    const readAt = events.findIndex((event) => event.getId() === readUpTo);
    const fresh = events.slice(readAt + 1).filter((event) => !event.status);
    const found = fresh.flatMap((event) => noticeIn(event) ?? []).filter(({ type }) => PRESSING.has(type));
    return found.at(-1) ?? null;
}

/** Whoever has read what there is has read the notices. */
export async function markNoticesRead({ client }: Matrix): Promise<void> {
    for (const room of client.getRooms().filter(isOfficialRoom)) {
        const last = room.getLiveTimeline().getEvents().at(-1);
        if (last && room.getEventReadUpTo(client.getSafeUserId()) !== last.getId()) await client.sendReadReceipt(last);
    }
}

async function lookAtAccount({ client }: Matrix): Promise<void> {
    try {
        const { items } = await new Safety(client).decisions(null);
        account.value = items.find((decision) => restrictsAccount(decision, Date.now())) ?? null;
    } catch (error) {
        console.warn("Decisions did not come", error); // the next notice, or the page of the settings, asks again
    }
}

export function restrictsAccount({ measures, holds }: Decision, now: number): boolean {
    return measures.some(({ kind, until }, i) => kind === "account" && holds[i] && (until === null || until > now));
}
