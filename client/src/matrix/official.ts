import type { MatrixEvent, Room } from "matrix-js-sdk";

/**
 * The server itself, `@server:name`. Nobody logs in as it, and nobody can invite it: what it says, in a room that it made,
 * comes from this server, whatever others call themselves or their rooms.
 */
let server: string | null = null;

/** Whose server it is: the one of this person's account. */
export function setServerOf(userId: string): void {
    server = `@server:${userId.slice(userId.indexOf(":") + 1)}`;
}

export function isServer(userId: string | null | undefined): boolean {
    return server !== null && userId === server;
}

/** Whether this is the room in which this person's server tells them what concerns them: it makes no others. */
export function isOfficialRoom(room: Room): boolean {
    return isServer(room.currentState.getStateEvents("m.room.create", "")?.getSender());
}

/** Whether the server itself says it. */
export function isOfficial(event: MatrixEvent): boolean {
    return isServer(event.getSender());
}
