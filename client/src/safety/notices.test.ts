import { type MatrixClient, MatrixEvent, type Room } from "matrix-js-sdk";
import { beforeAll, expect, test } from "vitest";
import { setServerOf } from "../matrix/official";
import type { Decision } from "./api";
import { noticeIn, restrictsAccount } from "./notices";
import { restoreIfLifted, restrictionOf } from "./restricted";

beforeAll(() => setServerOf("@ann:tower.test"));

const about = { "org.chappe.safety": { type: "statement", decision: "d" } };
const told = { measure: "removed", decision: "d", ground: "terms", territories: [], told: {} };

function event(sender: string, more: object): MatrixEvent {
    return new MatrixEvent({ type: "m.room.message", sender, event_id: "$e", room_id: "!r", ...more });
}

test("a notice is the server's, whoever else writes such a thing", () => {
    expect(noticeIn(event("@server:tower.test", { content: about }))).toMatchObject({ type: "statement" });
    for (const sender of ["@eve:tower.test", "@server:evil.test", "@server:tower.test.evil"]) {
        expect(noticeIn(event(sender, { content: about }))).toBeNull();
    }
    expect(noticeIn(event("@server:tower.test", { content: { "org.chappe.safety": "x" } }))).toBeNull();
});

test("a restriction is told in the place of a message, or by the server's own redaction", () => {
    const inPlace = event("@eve:tower.test", { content: {}, unsigned: { "org.chappe.restricted": told } });
    expect(restrictionOf(inPlace)).toMatchObject({ measure: "removed", decision: "d" });
    const redaction = (sender: string) => ({ sender, content: { "org.chappe.restricted": told } });
    const by = (sender: string) => event("@eve:tower.test", { unsigned: { redacted_because: redaction(sender) } });
    expect(restrictionOf(by("@server:tower.test"))).toMatchObject({ decision: "d" });
    expect(restrictionOf(by("@eve:tower.test"))).toBeNull();
    expect(restrictionOf(event("@eve:tower.test", { content: { "org.chappe.restricted": told } }))).toBeNull();
});

test("an account is restricted as long as a measure about it holds", () => {
    const decision = (kind: string, until: number | null, holds: boolean) =>
        ({ measures: [{ kind, until }], holds: [holds] }) as unknown as Decision;
    expect(restrictsAccount(decision("account", null, true), 5)).toBe(true);
    expect(restrictsAccount(decision("account", 6, true), 5)).toBe(true);
    expect(restrictsAccount(decision("account", 4, true), 5)).toBe(false);
    expect(restrictsAccount(decision("account", null, false), 5)).toBe(false);
    expect(restrictsAccount(decision("event", null, true), 5)).toBe(false);
});

test("what is restored takes the place of what the SDK has emptied", async () => {
    const unsigned = { redacted_because: { sender: "@server:tower.test", content: { "org.chappe.restricted": told } } };
    const restricted = event("@eve:tower.test", { content: {}, unsigned });
    let now: object = { content: {}, unsigned: { "org.chappe.restricted": told } };
    const client = {
        fetchRoomEvent: async () => now,
        decryptEventIfNeeded: async () => undefined,
    } as unknown as MatrixClient;
    let looks = 0;
    const room = { roomId: "!r", emit: () => ++looks } as unknown as Room;
    await restoreIfLifted(client, room, restricted);
    expect([looks, restricted.isRedacted()]).toEqual([0, true]); // it still holds
    now = { content: { msgtype: "m.text", body: "They are all liars" }, unsigned: {} };
    await restoreIfLifted(client, room, restricted);
    expect([looks, restricted.isRedacted(), restricted.getContent()["body"]]).toEqual([1, false, "They are all liars"]);
    await restoreIfLifted(client, room, restricted);
    expect(looks).toBe(1);
});
