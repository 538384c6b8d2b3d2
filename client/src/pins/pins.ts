import { type MatrixClient, type MatrixEvent, type Room, RoomStateEvent } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";

const TYPE = "m.room.pinned_events";

/** Nobody reads more; the newest are the last. */
export const MOST_PINS = 100;

/** The pinned messages of a room (Client-Server API v1.19, "m.room.pinned_events"). */
export function pinsOf(room: Room): string[] {
    const said: unknown = room.currentState.getStateEvents(TYPE, "")?.getContent()["pinned"];
    if (!Array.isArray(said)) return [];
    const ids = said.filter((each): each is string => typeof each === "string" && each.startsWith("$"));
    return [...new Set(ids)].slice(-MOST_PINS);
}

export function mayPin(room: Room, me: string): boolean {
    return room.currentState.maySendStateEvent(TYPE, me);
}

/** Pin a message, or take its pin away. */
export async function setPinned(client: MatrixClient, room: Room, eventId: string, isPinned: boolean): Promise<void> {
    const others = pinsOf(room).filter((each) => each !== eventId);
    const pinned = isPinned ? [...others, eventId].slice(-MOST_PINS) : others;
    await client.sendStateEvent(room.roomId, TYPE as never, { pinned } as never, "");
}

/** The pinned messages as they are now. */
export function usePins(room: Room): string[] {
    const [, draw] = useState(0);
    useEffect(() => {
        const onState = (event: MatrixEvent): void => {
            if (event.getType() === TYPE) draw((count) => count + 1);
        };
        room.currentState.on(RoomStateEvent.Events, onState);
        return () => void room.currentState.off(RoomStateEvent.Events, onState);
    }, [room, room.currentState]);
    return pinsOf(room);
}
