import { EventType, type Room } from "matrix-js-sdk";

/** What somebody is in a group, instead of a number. */
export type Role = "owner" | "administrator" | "moderator" | "member";

/** What giving a role writes. Nobody can be made an owner: in version 12 those are the creators, and stay so. */
export const LEVELS = { administrator: 100, moderator: 50, member: 0 } as const;

/** The SDK gives the creators of a version 12 room a level without an end (spec: room version 12, "Creators"). */
export function roleOf(level: number): Role {
    if (level === Number.POSITIVE_INFINITY) return "owner";
    if (level >= LEVELS.administrator) return "administrator";
    return level >= LEVELS.moderator ? "moderator" : "member";
}

export function levelOf(room: Room, userId: string): number {
    return room.getMember(userId)?.powerLevel ?? 0;
}

/** Whether one may act on the other: only on those below oneself (spec: "Authorization rules"). */
export function mayOn(room: Room, action: "kick" | "ban", me: string, other: string): boolean {
    const mine = levelOf(room, me);
    return me !== other && mine > levelOf(room, other) && room.currentState.hasSufficientPowerLevelFor(action, mine);
}

/** The roles that one may give to somebody. */
export function rolesFor(room: Room, me: string, other: string): (keyof typeof LEVELS)[] {
    const mine = levelOf(room, me);
    const theirs = levelOf(room, other);
    if (!room.currentState.maySendStateEvent(EventType.RoomPowerLevels, me)) return [];
    if (theirs === Number.POSITIVE_INFINITY || (me !== other && theirs >= mine)) return [];
    return (["administrator", "moderator", "member"] as const).filter((role) => LEVELS[role] <= mine);
}
