import type { MatrixEvent } from "matrix-js-sdk";
import { describe, expect, test } from "vitest";
import { GROUP_MS, itemsOf } from "./items";

const NOON = new Date(2026, 4, 4, 12).getTime();

/** As much of an event as is looked at. */
function event(id: string, sender: string, at: number): MatrixEvent {
    return {
        getId: () => id,
        getTxnId: () => undefined,
        getSender: () => sender,
        getTs: () => at,
        getType: () => "m.room.message",
        status: null,
        replacingEventId: () => undefined,
        decryptionFailureReason: null,
        isRedacted: () => false,
        isBeingDecrypted: () => false,
    } as unknown as MatrixEvent;
}

function said(...lines: [string, string, number, boolean?][]): Parameters<typeof itemsOf>[0] {
    return lines.map(([id, sender, at, isBubble = true]) => ({ event: event(id, sender, at), isBubble }));
}

/** `[a b] c`: what is drawn as one is in brackets, `|` is a new day, `*` the line above what is new. */
function drawn(items: ReturnType<typeof itemsOf>): string {
    return items
        .map((item) => {
            if (item.kind !== "event") return item.kind === "day" ? "|" : "*";
            return `${item.startsGroup ? "[" : ""}${item.key}${item.endsGroup ? "]" : ""}`;
        })
        .join(" ");
}

describe("groups", () => {
    test("what one person says in a row is one", () => {
        const items = itemsOf(
            said(["a", "ann", NOON], ["b", "ann", NOON + 1], ["c", "ben", NOON + 2]),
            null,
            null,
            "ann",
        );
        expect(drawn(items)).toBe("| [a b] [c]");
    });

    test("but not after a while", () => {
        const items = itemsOf(said(["a", "ann", NOON], ["b", "ann", NOON + GROUP_MS]), null, null, "ann");
        expect(drawn(items)).toBe("| [a] [b]");
    });

    test("nor across what happened in between", () => {
        const items = itemsOf(
            said(["a", "ann", NOON], ["b", "ann", NOON + 1, false], ["c", "ann", NOON + 2]),
            null,
            null,
            "ann",
        );
        expect(drawn(items)).toBe("| [a] [b] [c]");
    });

    test("nor past midnight", () => {
        const midnight = new Date(2026, 4, 5).getTime();
        const items = itemsOf(said(["a", "ann", midnight - 1], ["b", "ann", midnight]), null, null, "ann");
        expect(drawn(items)).toBe("| [a] | [b]");
    });
});

describe("what is new", () => {
    const lines = said(["a", "ben", NOON], ["b", "ben", NOON + 1], ["c", "ann", NOON + 2], ["d", "ben", NOON + 3]);

    test("is below a line", () => expect(drawn(itemsOf(lines, "a", null, "ann"))).toBe("| [a] * [b] [c] [d]"));
    test("is what others said", () => expect(drawn(itemsOf(lines, "b", null, "ann"))).toBe("| [a b] [c] * [d]"));
    test("may be nothing", () => expect(drawn(itemsOf(lines, "d", null, "ann"))).toBe("| [a b] [c] [d]"));
    test("is not known when nothing was read", () =>
        expect(drawn(itemsOf(lines, null, null, "ann"))).toBe("| [a b] [c] [d]"));
});

test("what is read is everything up to what somebody has read", () => {
    const lines = said(["a", "ann", NOON], ["b", "ann", NOON + 1], ["c", "ann", NOON + 2]);
    const read = itemsOf(lines, null, "b", "ann").flatMap((item) =>
        item.kind === "event" && item.isRead ? [item.key] : [],
    );
    expect(read).toEqual(["a", "b"]);
});
