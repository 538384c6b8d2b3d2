import { EventType, JoinRule, type MatrixClient, type Room } from "matrix-js-sdk";

/** The version that this room should have, where it is an older one and this person may bring it up to date. */
export async function newerVersion(client: MatrixClient, room: Room): Promise<string | null> {
    if (!room.currentState.maySendStateEvent(EventType.RoomTombstone, client.getSafeUserId())) return null;
    const { default: usual } = (await client.getCapabilities())["m.room_versions"] ?? {};
    return usual !== undefined && isOlder(room.getVersion(), usual) ? usual : null;
}

/** Versions that are no numbers are experiments, of which nobody knows which is newer. */
export function isOlder(one: string, other: string): boolean {
    const [mine, theirs] = [Number(one), Number(other)];
    return Number.isInteger(mine) && Number.isInteger(theirs) && mine < theirs;
}

/**
 * Replace a room by one of a newer version (Client-Server API v1.19, "Room upgrades"). Into a private one everybody may
 * come who was in the old one, so that nobody has to be invited again. Returns its ID.
 */
export async function upgrade(client: MatrixClient, room: Room, version: string): Promise<string> {
    const rule = room.getJoinRule();
    const { replacement_room: roomId } = await client.upgradeRoom(room.roomId, version);
    if (rule === JoinRule.Invite || rule === JoinRule.Knock) {
        const allow = [{ type: "m.room_membership", room_id: room.roomId }];
        const join_rule = rule === JoinRule.Invite ? JoinRule.Restricted : KNOCK_RESTRICTED;
        await client.sendStateEvent(roomId, EventType.RoomJoinRules, { join_rule, allow } as never);
    }
    return roomId;
}

const KNOCK_RESTRICTED = "knock_restricted"; // the SDK's types do not have it
