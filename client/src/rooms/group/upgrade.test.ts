import type { MatrixClient, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { isOlder, newerVersion, upgrade } from "./upgrade";

test.each([
    ["9", "12", true],
    ["12", "12", false],
    ["12", "9", false],
    ["org.example", "12", false],
    ["9", "org.example", false],
])("%s is older than %s: %s", (one, other, is) => expect(isOlder(one, other)).toBe(is));

function told(rule: string, mayReplace = true): { client: MatrixClient; room: Room; sent: unknown[] } {
    const sent: unknown[] = [];
    const client = {
        getSafeUserId: () => "@a:b",
        getCapabilities: async () => ({ "m.room_versions": { default: "12", available: {} } }),
        upgradeRoom: async () => ({ replacement_room: "!new" }),
        sendStateEvent: async (...all: unknown[]) => void sent.push(all),
    };
    const room = {
        roomId: "!old:b",
        getVersion: () => "10",
        getJoinRule: () => rule,
        currentState: { maySendStateEvent: () => mayReplace },
    };
    return { client: client as unknown as MatrixClient, room: room as unknown as Room, sent };
}

test("only who may replace a room is told that it is old", async () => {
    const [may, mayNot] = [told("invite"), told("invite", false)];
    expect(await newerVersion(may.client, may.room)).toBe("12");
    expect(await newerVersion(mayNot.client, mayNot.room)).toBeNull();
});

test.each([
    ["invite", "restricted"],
    ["knock", "knock_restricted"],
])("members of a private group (%s) may follow by themselves", async (rule, becomes) => {
    const { client, room, sent } = told(rule);
    expect(await upgrade(client, room, "12")).toBe("!new");
    const allow = [{ type: "m.room_membership", room_id: "!old:b" }];
    expect(sent).toEqual([["!new", "m.room.join_rules", { join_rule: becomes, allow }]]);
});

test("into a public group everybody may come anyway", async () => {
    const { client, room, sent } = told("public");
    await upgrade(client, room, "12");
    expect(sent).toEqual([]);
});
