import { MatrixEvent } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { grouped, MAX_KEYS } from "./reactions";

let count = 0;

function reaction(sender: string, key: unknown): MatrixEvent {
    return new MatrixEvent({
        type: "m.reaction",
        event_id: `$${++count}`,
        sender,
        content: { "m.relates_to": { rel_type: "m.annotation", event_id: "$x", key: key as string } },
    });
}

test("equal ones are counted, the most frequent first, and one's own is known", () => {
    const events = [reaction("@a:x", "🎉"), reaction("@a:x", "👍"), reaction("@b:x", "👍")];
    const made = grouped(events, "@b:x");
    expect(made.map(({ key, count }) => [key, count])).toEqual([
        ["👍", 2],
        ["🎉", 1],
    ]);
    expect(made[0]?.mine?.getSender()).toBe("@b:x");
    expect(made[1]?.mine).toBeNull();
});

test("nobody counts twice, and nonsense does not count", () => {
    const events = [reaction("@a:x", "👍"), reaction("@a:x", "👍"), reaction("@a:x", 3), reaction("@a:x", " ")];
    expect(grouped(events, "@b:x")).toMatchObject([{ key: "👍", count: 1 }]);
});

test("a room of thousands of different ones does not fill the page", () => {
    const events = Array.from({ length: 5_000 }, (_, i) => reaction("@a:x", `${i}`));
    expect(grouped(events, "@b:x").length).toBe(MAX_KEYS);
});
