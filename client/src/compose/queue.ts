import {
    ConnectionError,
    EventStatus,
    type MatrixClient,
    MatrixError,
    type MatrixEvent,
    type Room,
} from "matrix-js-sdk";

export type WhyNot = "network" | "forbidden" | "tooLarge" | "tooFast" | "blocked" | "other";

/** Why a message was not sent. After a reload nobody knows: then it waits, as for a connection. */
export function whyNotSent(event: MatrixEvent): WhyNot {
    const error: unknown = event.error;
    if (!error || error instanceof ConnectionError || error instanceof TypeError) return "network";
    if (error instanceof MatrixError) {
        if (error.errcode === "M_FORBIDDEN") return "forbidden";
        if (error.errcode === "M_TOO_LARGE") return "tooLarge";
        if (error.errcode === "M_LIMIT_EXCEEDED") return "tooFast";
        return error.httpStatus !== undefined && error.httpStatus >= 400 && error.httpStatus < 500
            ? "other"
            : "network";
    }
    return (error as Error).message.includes("blocked by other events") ? "blocked" : "other";
}

/** Whether it makes sense to send it again without somebody asking for it. */
export function isWaiting(event: MatrixEvent): boolean {
    return event.status === EventStatus.NOT_SENT && ["network", "tooFast", "blocked"].includes(whyNotSent(event));
}

const SOON_MS = 3_000;
const LATE_MS = 60_000;

/**
 * What could not be sent is sent again, room by room and in its order, as soon as there is a connection. What the server
 * refused stays where it is, and does not hold up what was written after it.
 */
export class Queue {
    private readonly busy = new Set<string>();
    private timer: ReturnType<typeof setTimeout> | null = null;
    private pauseMs = SOON_MS;
    private isClosed = false;

    constructor(
        private readonly client: Pick<MatrixClient, "getRooms" | "resendEvent">,
        private readonly isOnline: () => boolean,
    ) {}

    /** Look at every room: there is a connection again. */
    async flushAll(): Promise<void> {
        this.pauseMs = SOON_MS;
        await this.flushRooms();
    }

    private async flushRooms(): Promise<void> {
        if (this.timer) clearTimeout(this.timer);
        this.timer = null;
        await Promise.all(this.client.getRooms().map((room) => this.flush(room)));
    }

    /** Look at one room, unless it was tried in vain a moment ago. */
    async flush(room: Room): Promise<void> {
        if (this.isClosed || this.timer || this.busy.has(room.roomId) || !this.isOnline()) return;
        this.busy.add(room.roomId);
        try {
            for (const event of room.getPendingEvents().filter(isWaiting)) {
                if (event.status !== EventStatus.NOT_SENT) continue; // somebody was faster
                try {
                    await this.client.resendEvent(event, room);
                    this.pauseMs = SOON_MS;
                } catch (error) {
                    console.warn("Still not sent", error);
                    if (!isWaiting(event)) continue;
                    this.later();
                    break;
                }
            }
        } finally {
            this.busy.delete(room.roomId);
        }
    }

    private later(): void {
        if (this.timer || this.isClosed) return;
        this.timer = setTimeout(() => void this.flushRooms(), this.pauseMs);
        this.pauseMs = Math.min(LATE_MS, 2 * this.pauseMs);
    }

    close(): void {
        this.isClosed = true;
        if (this.timer) clearTimeout(this.timer);
    }
}
