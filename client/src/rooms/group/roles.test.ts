import type { Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { mayOn, roleOf, rolesFor } from "./roles";

const levels: Record<string, number> = {
    "@owner": Number.POSITIVE_INFINITY,
    "@ann": 100,
    "@ben": 100,
    "@cid": 50,
    "@dea": 0,
};
const room = {
    getMember: (userId: string) => ({ powerLevel: levels[userId] }),
    currentState: {
        maySendStateEvent: (_: string, userId: string) => (levels[userId] ?? 0) >= 100,
        hasSufficientPowerLevelFor: (_: string, level: number) => level >= 50,
    },
} as unknown as Room;

test("levels have names", () => {
    expect([Number.POSITIVE_INFINITY, 100, 60, 50, 49, 0, -1].map(roleOf)).toEqual([
        "owner",
        "administrator",
        "moderator",
        "moderator",
        "member",
        "member",
        "member",
    ]);
});

test("one gives roles only to those below oneself", () => {
    expect(rolesFor(room, "@ann", "@cid")).toEqual(["administrator", "moderator", "member"]);
    expect(rolesFor(room, "@ann", "@ben")).toEqual([]);
    expect(rolesFor(room, "@ann", "@ann")).toHaveLength(3);
    expect(rolesFor(room, "@owner", "@owner")).toEqual([]);
    expect(rolesFor(room, "@ann", "@owner")).toEqual([]);
    expect(rolesFor(room, "@cid", "@dea")).toEqual([]);
});

test("one removes only those below oneself", () => {
    expect(mayOn(room, "kick", "@cid", "@dea")).toBe(true);
    expect(mayOn(room, "ban", "@ann", "@ben")).toBe(false);
    expect(mayOn(room, "kick", "@dea", "@dea")).toBe(false);
    expect(mayOn(room, "kick", "@owner", "@ann")).toBe(true);
});
