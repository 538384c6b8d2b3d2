import { type MatrixClient, MatrixEvent, MatrixEventEvent, type Room } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";

/** Messages of which only these have been asked for, not those around them: quoted and pinned ones. */
const known = new Map<string, Promise<MatrixEvent | null>>();
const MOST = 500;

/** One message, from memory or from the server; null when it is not there, or not for us. */
export async function oneEvent(client: MatrixClient, room: Room, eventId: string): Promise<MatrixEvent | null> {
    const loaded = room.findEventById(eventId);
    if (loaded) return loaded;
    let found = known.get(eventId);
    if (!found) {
        if (known.size >= MOST) known.clear();
        found = fetchOne(client, room, eventId);
        known.set(eventId, found);
        void found.then((event) => event ?? known.delete(eventId)); // it may come later
    }
    return found;
}

async function fetchOne(client: MatrixClient, room: Room, eventId: string): Promise<MatrixEvent | null> {
    try {
        const event = new MatrixEvent(await client.fetchRoomEvent(room.roomId, eventId));
        await client.decryptEventIfNeeded(event);
        event.setMetadata(room.currentState, false); // for the name of who sent it
        return event;
    } catch {
        return null;
    }
}

/** One message as it looks now; undefined while it is asked for. */
export function useOneEvent(room: Room, eventId: string): MatrixEvent | null | undefined {
    const { client } = useMatrix();
    const [event, setEvent] = useState<MatrixEvent | null | undefined>(() => room.findEventById(eventId));
    const [, draw] = useState(0);
    useEffect(() => {
        let isGone = false;
        void oneEvent(client, room, eventId).then((found) => isGone || setEvent(found));
        return () => {
            isGone = true;
        };
    }, [client, room, eventId]);
    useEffect(() => {
        if (!event) return;
        const redraw = (): void => draw((count) => count + 1);
        const told = [MatrixEventEvent.Decrypted, MatrixEventEvent.Replaced, MatrixEventEvent.BeforeRedaction] as const;
        const after = (): void => void setTimeout(redraw, 0); // it is told before it is done
        for (const each of told) event.on(each, after);
        return () => {
            for (const each of told) event.off(each, after);
        };
    }, [event]);
    return event?.getId() === eventId || !event ? event : undefined;
}
