import {
    Direction,
    type EventTimelineSet,
    EventType,
    Filter,
    type MatrixClient,
    MatrixError,
    type MatrixEvent,
    MatrixEventEvent,
    type Room,
    RoomEvent,
} from "matrix-js-sdk";
import type { Matrix } from "../matrix/matrix";
import { coverageOf, type Hole, LIMITS } from "./catalogue";
import { Slices, untilIdle } from "./idle";
import type { MessageIndex } from "./messageIndex";
import { type Change, changeOf } from "./said";
import type { Message } from "./segment";

/** What comes in is written down together, this much later. */
const SOON_MS = 1_500;
/** Between two pages that are read back: the server has others to answer, too. */
const PAUSE_MS = 400;
const AFTER_FAILURE_MS = 30_000;
/** Who has just typed goes on typing: what is older waits. */
const TYPING_MS = 1_500;
const PAGE = 100;
/** What of a room is read back. */
const TYPES = [EventType.RoomMessage, EventType.RoomMessageEncrypted, EventType.RoomRedaction];

/** Reads encrypted rooms into the index: what comes in, and in idle time what was said before. */
export class Reader {
    private readonly arrived = new Map<string, Set<MatrixEvent>>();
    private readonly toMeet = new Set<string>();
    /** Messages whose keys are not there. */
    private readonly waiting = new WeakSet<MatrixEvent>();
    private timer: number | undefined;
    private typedAt = 0;
    private isBusy = false;
    private isClosed = false;

    constructor(
        private readonly matrix: Matrix,
        private readonly index: MessageIndex,
        /** Hears that more is found now. */
        private readonly tell: () => void,
    ) {
        const { client } = matrix;
        client.on(RoomEvent.Timeline, this.onTimeline);
        client.on(RoomEvent.TimelineReset, this.onReset);
        client.on(RoomEvent.MyMembership, this.onMembership);
        client.on(MatrixEventEvent.Decrypted, this.onEvent);
        addEventListener("visibilitychange", this.onHidden);
        addEventListener("keydown", this.onKey, { capture: true, passive: true });
        for (const room of client.getRooms()) this.toMeet.add(room.roomId);
        this.plan();
        void this.readBack();
    }

    /** Messages whose keys were missing may be readable now. */
    readMissingAgain(): void {
        for (const [roomId, { missing, holes }] of Object.entries(this.index.rooms)) {
            if (missing === 0) continue;
            const whole: Hole = { token: null, at: Date.now(), until: null };
            this.index.note(roomId, {
                missing: 0,
                holes: [...holes.filter(({ until }) => until !== null), whole],
            });
        }
    }

    private readonly onTimeline = (
        event: MatrixEvent,
        room: Room | undefined,
        toStart?: boolean,
        isGone?: boolean,
    ): void => {
        if (room && !toStart && !isGone) this.take(event, room);
    };

    private readonly onEvent = (event: MatrixEvent): void => {
        const room = this.matrix.rooms.room(event.getRoomId() ?? "");
        if (room) this.take(event, room);
    };

    private readonly onReset = (room: Room | undefined, set: EventTimelineSet): void => {
        if (!room || set !== room.getUnfilteredTimelineSet()) return;
        this.toMeet.add(room.roomId); // there is a stretch between what was there and what comes
        this.plan();
    };

    private readonly onMembership = (room: Room): void => {
        this.toMeet.add(room.roomId);
        this.plan();
    };

    private readonly onHidden = (): void => {
        if (document.visibilityState === "hidden") void this.work();
    };

    private readonly onKey = (): void => {
        this.typedAt = Date.now();
    };

    private take(event: MatrixEvent, room: Room): void {
        if (event.getType() === EventType.RoomEncryption) this.toMeet.add(room.roomId);
        else if (!room.hasEncryptionStateEvent()) return;
        const events = this.arrived.get(room.roomId) ?? new Set();
        this.arrived.set(room.roomId, events.add(event));
        this.plan();
    }

    private plan(): void {
        if (this.isClosed || this.timer !== undefined) return;
        this.timer = window.setTimeout(() => {
            this.timer = undefined;
            void untilIdle().then(() => this.work());
        }, SOON_MS);
    }

    /** Write down what has come. */
    private async work(): Promise<void> {
        if (this.isBusy || this.isClosed) return;
        this.isBusy = true;
        const slices = new Slices();
        try {
            for (const roomId of this.toMeet) {
                this.toMeet.delete(roomId);
                await this.meet(roomId);
                await slices.rest();
            }
            for (const [roomId, events] of this.arrived) {
                this.arrived.delete(roomId);
                const newest = newestIn(this.matrix.rooms.room(roomId));
                await this.takeIn(roomId, [...events], slices, newest ? { newest } : {});
            }
            await this.index.flush();
            this.tell();
        } catch (error) {
            console.error("Messages are not added to the index", error);
            this.close(); // as when the disk is full; what is there is still searched
        } finally {
            this.isBusy = false;
        }
        if (this.toMeet.size + this.arrived.size > 0) this.plan();
    }

    /** Compare a room with what is known of it: what came while nobody was here is a stretch to be read. */
    private async meet(roomId: string): Promise<void> {
        const room = this.matrix.rooms.room(roomId);
        const known = this.index.room(roomId);
        if (room?.getMyMembership() !== "join" || !room.hasEncryptionStateEvent()) {
            if (known && room?.getMyMembership() !== "join") await this.index.drop(roomId);
            return;
        }
        const live = room.getLiveTimeline();
        const events = live.getEvents();
        const token = live.getPaginationToken(Direction.Backward);
        const at = events[0]?.getTs() ?? Date.now();
        const isConnected = known?.newest != null && events.some((event) => event.getId() === known.newest);
        if (!isConnected && !known?.holes.some((each) => each.token === token)) {
            const hole: Hole[] = token === null ? [] : [{ token, at, until: known?.newest ?? null }];
            const isWhole = (token === null && !known?.since) || (known?.isWhole ?? false);
            this.index.note(roomId, { holes: [...(known?.holes ?? []), ...hole], isWhole });
        }
        const isNew = isConnected
            ? events.slice(1 + events.findIndex((event) => event.getId() === known?.newest))
            : events;
        if (isNew.length === 0) return;
        const all = this.arrived.get(roomId) ?? new Set();
        for (const event of isNew) all.add(event);
        this.arrived.set(roomId, all);
    }

    private async takeIn(
        roomId: string,
        events: readonly MatrixEvent[],
        slices: Slices,
        about: { newest?: string } = {},
    ): Promise<void> {
        const { client } = this.matrix;
        const messages: Message[] = [];
        const later: Change[] = [];
        let missing = 0;
        for (const event of events) {
            if (event.isEncrypted() && !event.isRedacted()) await client.decryptEventIfNeeded(event);
            const change = await changeOf(client, event);
            if (change?.kind === "said") messages.push(change.message);
            else if (change?.kind === "unreadable") missing += this.waitFor(event);
            else if (change) later.push(change);
            await slices.rest();
        }
        const before = this.index.room(roomId)?.missing ?? 0;
        this.index.note(roomId, { ...about, missing: before + missing });
        if (messages.length > 0) await this.index.put(roomId, messages);
        for (const change of later) await this.apply(roomId, change);
    }

    /** Its key may come. Counted once. */
    private waitFor(event: MatrixEvent): number {
        if (this.waiting.has(event)) return 0;
        this.waiting.add(event);
        event.once(MatrixEventEvent.Decrypted, () => {
            const room = this.matrix.rooms.room(event.getRoomId() ?? "");
            if (room && !this.isClosed) this.take(event, room);
        });
        return 1;
    }

    private async apply(roomId: string, change: Change): Promise<void> {
        if (change?.kind === "edited") await this.index.edit(roomId, change.by, change.of, change.text, change.edit);
        if (change?.kind !== "gone") return;
        const edited = await this.index.remove(roomId, change.id);
        if (edited !== null) await this.lookAgain(roomId, edited);
    }

    /** The edit is gone whose text a message had: the server knows what it says without it. */
    private async lookAgain(roomId: string, eventId: string): Promise<void> {
        const { client } = this.matrix;
        await this.index.remove(roomId, eventId);
        try {
            const raw = await client.fetchRoomEvent(roomId, eventId);
            const event = client.getEventMapper({ decrypt: false, preventReEmit: true })({ ...raw, room_id: roomId });
            await this.takeIn(roomId, [event], new Slices());
        } catch (error) {
            console.warn("A message whose edit was deleted is not found any more", error);
        }
    }

    /** One page after the other, of the stretch that is nearest to today, while there is a connection. */
    private async readBack(): Promise<void> {
        while (!this.isClosed) {
            await pause(PAUSE_MS);
            await untilIdle();
            if (Date.now() - this.typedAt < TYPING_MS) continue;
            if (this.isClosed || this.isBusy || this.matrix.connection.peek() !== "online") continue;
            const next = nextHole(this.index);
            if (!next) {
                await pause(SOON_MS);
                continue;
            }
            try {
                await this.readPage(next.roomId, next.hole);
                await this.index.flush();
            } catch (error) {
                console.warn("Older messages were not read into the index", error);
                if (error instanceof MatrixError && error.httpStatus === 403) this.giveUp(next.roomId);
                else await pause(AFTER_FAILURE_MS);
            }
            this.tell();
        }
    }

    private async readPage(roomId: string, hole: Hole): Promise<void> {
        const { client } = this.matrix;
        const filter = new Filter(null);
        filter.setDefinition({ room: { timeline: { types: TYPES } } });
        const page = await client.createMessagesRequest(roomId, hole.token, PAGE, Direction.Backward, filter);
        const room = this.index.room(roomId);
        if (!room || this.isClosed) return;
        const toEvent = client.getEventMapper({ decrypt: false, preventReEmit: true });
        const events = page.chunk.map((raw) => toEvent({ room_id: roomId, ...raw }));
        await this.takeIn(roomId, events, new Slices());
        const isEnd = !page.end || page.end === hole.token;
        const meets = hole.until !== null && page.chunk.some((raw) => raw.event_id === hole.until);
        const at = Math.min(hole.at, ...page.chunk.map((raw) => raw.origin_server_ts));
        const isDeep = this.index.count(roomId) >= LIMITS.room;
        const isGivenUp = room.since > 0 && at <= room.since;
        const others = room.holes.filter((each) => each !== hole);
        if (meets || isGivenUp) this.index.note(roomId, { holes: others });
        else if (isEnd) this.index.note(roomId, { holes: others, isWhole: room.since === 0 });
        else if (isDeep && hole.until === null) this.index.note(roomId, { holes: others, since: at });
        else if (room.holes.includes(hole)) {
            this.index.note(roomId, { holes: [...others, { ...hole, token: page.end ?? null, at }] });
        }
    }

    /** Nothing more of this room is told to this person. */
    private giveUp(roomId: string): void {
        const room = this.index.room(roomId);
        if (room) this.index.note(roomId, { holes: [], isWhole: false, since: coverageOf(room).since ?? room.since });
    }

    close(): void {
        if (this.isClosed) return;
        this.isClosed = true;
        clearTimeout(this.timer);
        const client: MatrixClient = this.matrix.client;
        client.off(RoomEvent.Timeline, this.onTimeline);
        client.off(RoomEvent.TimelineReset, this.onReset);
        client.off(RoomEvent.MyMembership, this.onMembership);
        client.off(MatrixEventEvent.Decrypted, this.onEvent);
        removeEventListener("visibilitychange", this.onHidden);
        removeEventListener("keydown", this.onKey, { capture: true });
    }
}

function nextHole(index: MessageIndex): { roomId: string; hole: Hole } | null {
    let best: { roomId: string; hole: Hole } | null = null;
    for (const [roomId, { holes }] of Object.entries(index.rooms)) {
        for (const hole of holes) if (!best || hole.at > best.hole.at) best = { roomId, hole };
    }
    return best;
}

/** The newest event that a page of this room would have, too. */
function newestIn(room: Room | null): string | undefined {
    const types: readonly string[] = TYPES;
    return room
        ?.getLiveTimeline()
        .getEvents()
        .findLast((event) => !event.status && types.includes(event.getWireType()))
        ?.getId();
}

function pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
}
