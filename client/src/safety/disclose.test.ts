// @vitest-environment node
import { type MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { COMMITMENT, commitThrough, type Encrypts, OPENING } from "../matrix/commitments";
import { canHandOver, handOver, handOverReported, inOrder, neighbour } from "./disclose";
import { EMPTY, reportOf } from "./draft";

const client = { getUserId: () => "@ann:t", supportsThreads: () => false } as unknown as MatrixClient;
const room = new Room("!r:t", client, "@ann:t");
let count = 0;

/** A message as its recipients have it after decrypting: by our client with a commitment, by others without. */
async function message(
    content: Record<string, unknown>,
    { ours = true, wire = {} }: { ours?: boolean; wire?: Record<string, unknown> } = {},
): Promise<MatrixEvent> {
    const raw = { sender: "@ben:t", room_id: "!r:t", event_id: `$${++count}`, origin_server_ts: count };
    const event = new MatrixEvent({ ...raw, type: "m.room.message", content });
    const crypto: Encrypts = {
        encryptEvent: async (each) => each.makeEncrypted("m.room.encrypted", { ciphertext: "…", ...wire }, "", ""),
    };
    if (ours) commitThrough(crypto, "@ben:t");
    await crypto.encryptEvent(event, room);
    return event;
}

test("what is handed over is what was said, with the key of its commitment and no other", async () => {
    const event = await message({ msgtype: "m.text", body: "a threat" });
    const { disclosed, isProven } = await handOver(event, room);
    expect(isProven).toBe(true);
    expect(disclosed).toEqual({
        event_id: event.getId(),
        type: "m.room.message",
        content: { msgtype: "m.text", body: "a threat" },
        opening: event.getContent()[OPENING],
    });
});

test("what another client sent, or what does not fit, is handed over unproven and without a key", async () => {
    const stock = await message({ msgtype: "m.text", body: "a threat" }, { ours: false });
    expect(await handOver(stock, room)).toMatchObject({ isProven: false });
    const other = await message({ msgtype: "m.text", body: "harmless" });
    const swapped = await message({ msgtype: "m.text", body: "a threat" });
    swapped.getWireContent()[COMMITMENT] = other.getWireContent()[COMMITMENT];
    const { disclosed, isProven } = await handOver(swapped, room);
    expect([isProven, "opening" in disclosed, OPENING in disclosed.content]).toEqual([false, false, false]);
});

test("a relation that stood in the clear alone keeps nobody from proving the message", async () => {
    const event = await message({ msgtype: "m.text", body: "a threat" });
    const relation = { "m.in_reply_to": { event_id: "$0" } };
    event.getContent()["m.relates_to"] = relation; // the crypto puts it there, from beside the ciphertext
    const { disclosed, isProven } = await handOver(event, room);
    expect([isProven, disclosed.content]).toEqual([true, { msgtype: "m.text", body: "a threat" }]);
});

test("a changed message is handed over as it was and as it is", async () => {
    const event = await message({ msgtype: "m.text", body: "harmless" });
    const change = await message({
        msgtype: "m.text",
        body: "* a threat",
        "m.new_content": { msgtype: "m.text", body: "a threat" },
        "m.relates_to": { rel_type: "m.replace", event_id: event.getId() },
    });
    event.makeReplaced(change);
    const chosen = await handOverReported(event, room);
    expect(chosen.map(({ disclosed }) => disclosed.event_id)).toEqual([event.getId(), change.getId()]);
    expect(chosen.map(({ disclosed }) => disclosed.content["body"])).toEqual(["harmless", "* a threat"]);
    expect(chosen.every(({ isProven }) => isProven)).toBe(true);
});

test("neighbours are added one by one, on each side, and nothing that cannot be read", async () => {
    const events: MatrixEvent[] = [];
    for (const body of ["one", "two", "three"]) events.push(await message({ msgtype: "m.text", body }));
    const open = new MatrixEvent({ type: "m.room.message", content: { body: "open" }, event_id: "$open" });
    const timeline = { getEvents: () => [open, ...events] };
    const here = { getTimelineForEvent: () => timeline, getLiveTimeline: () => timeline } as unknown as Room;
    const [one, two, three] = events as [MatrixEvent, MatrixEvent, MatrixEvent];
    const chosen = [await handOver(two, room)];
    expect(neighbour(here, chosen, "before")).toBe(one);
    expect(neighbour(here, chosen, "after")).toBe(three);
    const more = inOrder([...chosen, await handOver(one, room)]);
    expect(more.map(({ event }) => event)).toEqual([one, two]);
    expect(neighbour(here, more, "before")).toBeNull();
    expect(canHandOver(open)).toBe(false);
});

test("a report says what was filled in, and nothing besides", async () => {
    const event = await message({ msgtype: "m.text", body: "a threat" });
    const chosen = await handOverReported(event, room);
    const draft = { ...EMPTY, law: "a law", country: "FR", reason: " because ", chosen };
    const item = { kind: "event", room_id: "!r:t", event_id: event.getId() };
    expect(reportOf({ kind: "event", event, room }, draft)).toEqual({
        ...item,
        door: "report",
        reason: "because",
        disclosed: [chosen[0]?.disclosed],
    });
    const notice = reportOf({ kind: "event", event, room }, { ...draft, door: "notice", isInGoodFaith: true });
    expect(notice).toMatchObject({ door: "notice", law: "a law", country: "FR", good_faith: true });
    const person = { kind: "account", userId: "@ben:t", name: "Ben", room } as const;
    expect(reportOf(person, { ...EMPTY, isThreat: true })).toEqual({
        kind: "account",
        user_id: "@ben:t",
        door: "report",
        is_threat: true,
    });
});
