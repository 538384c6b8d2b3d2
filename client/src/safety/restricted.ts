import { type MatrixClient, type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import { isServer } from "../matrix/official";
import { type Restriction, restrictionIn } from "../session/restricted";

/**
 * What an event is restricted by, told by the server: in its place (`unsigned`), or by the server's own redaction of what
 * this client had already. Nobody else can say so: `unsigned` is the server's, and so is the name of its sender.
 */
export function restrictionOf(event: MatrixEvent): Restriction | null {
    const unsigned = event.getUnsigned() as Record<string, unknown>;
    const inPlace = restrictionIn(unsigned);
    if (inPlace) return inPlace;
    const because = unsigned["redacted_because"] as { sender?: string; content?: Record<string, unknown> } | undefined;
    return because && isServer(because.sender) ? restrictionIn(because.content ?? {}) : null;
}

/**
 * What was restored is there again. The SDK keeps an event as it has it, whatever the server says of it later, and knows no
 * way back from a redaction: what the server has now takes the place of what is here.
 */
export async function restoreIfLifted(client: MatrixClient, room: Room, event: MatrixEvent): Promise<void> {
    const raw = await client.fetchRoomEvent(room.roomId, event.getId() ?? "");
    const unsigned = (raw.unsigned ?? {}) as Record<string, unknown>;
    if (restrictionIn(unsigned) || restrictionOf(event) === null) return;
    event.event.content = raw.content ?? {};
    event.event.unsigned = raw.unsigned ?? {};
    await client.decryptEventIfNeeded(event);
    room.emit(RoomEvent.LocalEchoUpdated, event, room); // the conversation and the list look at it again
}

/** The same for everything that is loaded: a decision was reversed, and its notice does not say what it was about. */
export async function restoreAll(client: MatrixClient): Promise<void> {
    for (const room of client.getRooms()) {
        for (const event of room
            .getLiveTimeline()
            .getEvents()
            .filter((each) => restrictionOf(each) !== null)) {
            await restoreIfLifted(client, room, event).catch((error: unknown) => console.warn("Not restored", error));
        }
    }
}
