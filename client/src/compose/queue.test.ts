import { ConnectionError, EventStatus, MatrixError, type MatrixEvent, type Room } from "matrix-js-sdk";
import { expect, test, vi } from "vitest";
import { Queue, whyNotSent } from "./queue";

interface Fake {
    id: string;
    status: EventStatus | null;
    error: unknown;
}

function room(...events: Fake[]): Room {
    return {
        roomId: "!r",
        getPendingEvents: () => events.filter(({ status }) => status !== null) as unknown as MatrixEvent[],
    } as Room;
}

function waiting(id: string, error: unknown = null): Fake {
    return { id, status: EventStatus.NOT_SENT, error };
}

function queueFor(rooms: Room[], refuse: (id: string) => unknown = () => null): { queue: Queue; sent: string[] } {
    const sent: string[] = [];
    const client = {
        getRooms: () => rooms,
        resendEvent: async (event: MatrixEvent) => {
            const fake = event as unknown as Fake;
            const error = refuse(fake.id);
            if (error) {
                fake.error = error;
                throw error;
            }
            fake.status = null;
            sent.push(fake.id);
            return { event_id: "$" };
        },
    };
    return { queue: new Queue(client, () => true), sent };
}

test("what waits is sent in its order", async () => {
    const { queue, sent } = queueFor([room(waiting("a"), waiting("b"), waiting("c"))]);
    await queue.flushAll();
    expect(sent).toEqual(["a", "b", "c"]);
});

test("what was refused is not sent again, and holds nothing up", async () => {
    const refused = waiting("a", new MatrixError({ errcode: "M_FORBIDDEN" }, 403));
    const { queue, sent } = queueFor([room(refused, waiting("b"))]);
    await queue.flushAll();
    expect(sent).toEqual(["b"]);
    expect(whyNotSent(refused as unknown as MatrixEvent)).toBe("forbidden");
});

test("without a connection, what follows waits for what comes before it", async () => {
    const { queue, sent } = queueFor([room(waiting("a"), waiting("b"))], () => new ConnectionError("no"));
    await queue.flushAll();
    queue.close();
    expect(sent).toEqual([]);
});

test("what failed is tried again after a pause, not at once, and each pause is longer", async () => {
    vi.useFakeTimers();
    let tries = 0;
    const waits = room(waiting("a"));
    const { queue } = queueFor([waits], () => {
        tries++;
        return new ConnectionError("no");
    });
    await queue.flushAll();
    for (let i = 0; i < 100; i++) await queue.flush(waits);
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(20);
    queue.close();
    vi.useRealTimers();
});

test.each([
    [new TypeError("failed to fetch"), "network"],
    [new MatrixError({ errcode: "M_UNKNOWN" }, 503), "network"],
    [new MatrixError({ errcode: "M_TOO_LARGE" }, 413), "tooLarge"],
    [new MatrixError({ errcode: "M_LIMIT_EXCEEDED" }, 429), "tooFast"],
    [new MatrixError({ errcode: "M_BAD_JSON" }, 400), "other"],
    [new Error("Event blocked by other events not yet sent"), "blocked"],
    [new Error("no device"), "other"],
])("%s: %s", (error, why) => expect(whyNotSent(waiting("a", error) as unknown as MatrixEvent)).toBe(why));
