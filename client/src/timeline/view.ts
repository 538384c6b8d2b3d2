import { type ReadonlySignal, signal } from "@preact/signals";
import {
    Direction,
    type EventTimelineSet,
    type MatrixClient,
    type MatrixEvent,
    MatrixEventEvent,
    NotificationCountType,
    type Room,
    RoomEvent,
    type Thread,
    TimelineWindow,
} from "matrix-js-sdk";
import { type Item, isFounding, itemsOf } from "./items";
import { tileOf } from "./registry";

/** The most messages that are in the page at once: enough to scroll fast, few enough to be drawn at once. */
export const WINDOW = 240;
const PAGE = 40;

/** A piece of a conversation, wherever in it one reads, as a signal of what is to be drawn. */
export class TimelineView {
    private readonly set: EventTimelineSet;
    private readonly window: TimelineWindow;
    private readonly drawn = signal<readonly Item[]>([]);
    private readonly loading = signal(true);
    private readonly live = signal(true);
    /** What had been read when the conversation was opened, if there was more. */
    private readonly newAfter: string | null;
    private isPlanned = false;
    private isPaging = false;
    private isClosed = false;

    constructor(
        private readonly client: MatrixClient,
        readonly room: Room,
        private readonly thread: Thread | null = null,
    ) {
        this.set = thread?.timelineSet ?? room.getUnfilteredTimelineSet();
        this.window = new TimelineWindow(client, this.set, { windowLimit: WINDOW });
        const hasNew = !thread && room.getUnreadNotificationCount(NotificationCountType.Total) > 0;
        this.newAfter = hasNew ? room.getEventReadUpTo(client.getSafeUserId()) : null;
        room.on(RoomEvent.Timeline, this.onTimeline);
        room.on(RoomEvent.TimelineReset, this.onReset);
        room.on(RoomEvent.LocalEchoUpdated, this.plan);
        room.on(RoomEvent.Redaction, this.plan);
        room.on(RoomEvent.Receipt, this.plan);
        client.on(MatrixEventEvent.Decrypted, this.onEvent);
        client.on(MatrixEventEvent.Replaced, this.onEvent);
    }

    get items(): ReadonlySignal<readonly Item[]> {
        return this.drawn;
    }

    get isLoading(): ReadonlySignal<boolean> {
        return this.loading;
    }

    /** Whether what comes in is seen: the newest message is in the window. */
    get isLive(): ReadonlySignal<boolean> {
        return this.live;
    }

    get isAtBeginning(): boolean {
        return !this.window.canPaginate(Direction.Backward);
    }

    /** Show the newest messages, or those around one. Returns false when that one is not there. */
    async load(eventId?: string): Promise<boolean> {
        this.loading.value = true;
        try {
            await this.window.load(eventId, PAGE);
        } catch (error) {
            if (eventId === undefined) throw error;
            console.warn("Not to be found", error);
            await this.window.load(undefined, PAGE);
            return false;
        } finally {
            this.loading.value = false;
            this.draw();
        }
        return true;
    }

    /** Get older, or newer, messages into the window. Returns whether there were any. */
    async page(direction: Direction): Promise<boolean> {
        if (this.isPaging || !this.window.canPaginate(direction)) return false;
        this.isPaging = true;
        try {
            const gotAny = await this.window.paginate(direction, PAGE);
            this.draw();
            return gotAny;
        } catch (error) {
            console.warn("Older messages did not come", error);
            return false;
        } finally {
            this.isPaging = false;
        }
    }

    private readonly onTimeline = (_: MatrixEvent, __: Room | undefined, toStart?: boolean): void => {
        // What has come at the end is already in memory: this asks nobody.
        if (!toStart && this.live.peek()) void this.window.paginate(Direction.Forward, PAGE, false).then(this.plan);
    };

    private readonly onReset = (_: Room | undefined, set: EventTimelineSet): void => {
        if (set === this.set) void this.load();
    };

    private readonly onEvent = (event: MatrixEvent): void => {
        if (event.getRoomId() === this.room.roomId) this.plan();
    };

    private readonly plan = (): void => {
        if (this.isPlanned) return;
        this.isPlanned = true;
        setTimeout(() => {
            this.isPlanned = false;
            this.draw();
        }, 0);
    };

    private draw(): void {
        if (this.isClosed) return;
        this.live.value = !this.window.canPaginate(Direction.Forward);
        const events = this.window.getEvents();
        const all = this.live.value ? [...events, ...this.pending()] : events;
        const shown = all.flatMap((event, i) => {
            const tile = isFounding(event, all[i - 1]) ? undefined : tileOf(event);
            return tile ? [{ event, isBubble: tile.shape === "bubble" }] : [];
        });
        this.drawn.value = itemsOf(shown, this.newAfter, this.readUpTo(all), this.client.getSafeUserId());
    }

    /** What is on its way into this conversation, or this thread. */
    private pending(): MatrixEvent[] {
        const threadId = this.thread?.id;
        return this.room
            .getPendingEvents()
            .filter((event) => (event.isThreadRoot ? undefined : event.threadRootId) === threadId);
    }

    /** The newest message that somebody else has read. */
    private readUpTo(events: readonly MatrixEvent[]): string | null {
        const me = this.client.getSafeUserId();
        const others = this.room
            .getMembers()
            .filter(({ userId }) => userId !== me)
            .slice(0, 50);
        const read = new Set(others.map(({ userId }) => this.room.getEventReadUpTo(userId)));
        return events.findLast((event) => read.has(event.getId() ?? null))?.getId() ?? null;
    }

    close(): void {
        this.isClosed = true;
        this.room.off(RoomEvent.Timeline, this.onTimeline);
        this.room.off(RoomEvent.TimelineReset, this.onReset);
        this.room.off(RoomEvent.LocalEchoUpdated, this.plan);
        this.room.off(RoomEvent.Redaction, this.plan);
        this.room.off(RoomEvent.Receipt, this.plan);
        this.client.off(MatrixEventEvent.Decrypted, this.onEvent);
        this.client.off(MatrixEventEvent.Replaced, this.onEvent);
    }
}
