import { type MatrixClient, type MatrixEvent, MatrixEventEvent, type Room, RoomEvent } from "matrix-js-sdk";
import { RelationsEvent } from "matrix-js-sdk/lib/models/relations";
import { useEffect, useState } from "preact/hooks";

export interface Reaction {
    key: string;
    /** Who reacted so: names, the first that did so first. */
    names: string[];
    count: number;
    /** One's own, which a click takes back. */
    mine: MatrixEvent | null;
}

/** So many different ones are shown below a message; a room can be made to have thousands. */
export const MAX_KEYS = 20;

/** A sign, not a letter: longer ones are cut where they are shown. */
export const MAX_KEY_CHARS = 40;

/** The reactions to a message, the most frequent first. One of each kind counts for each person. */
export function grouped(events: readonly MatrixEvent[], me: string): Reaction[] {
    const byKey = new Map<string, Map<string, MatrixEvent>>();
    for (const event of events) {
        const key = event.getRelation()?.key;
        const sender = event.getSender();
        if (typeof key !== "string" || !key.trim() || !sender || event.isRedacted()) continue;
        const senders = byKey.get(key) ?? new Map<string, MatrixEvent>();
        if (!senders.has(sender)) senders.set(sender, event);
        byKey.set(key, senders);
    }
    return [...byKey]
        .map(([key, senders]) => ({
            key,
            names: [...senders.values()].map((event) => event.sender?.name ?? event.getSender() ?? ""),
            count: senders.size,
            mine: senders.get(me) ?? null,
        }))
        .sort((one, other) => other.count - one.count)
        .slice(0, MAX_KEYS);
}

/** The reactions to a message as they are now. */
export function useReactions(event: MatrixEvent, room: Room, me: string): Reaction[] {
    const [, draw] = useState(0);
    const eventId = event.getId() ?? "";
    const relations = room.relations.getChildEventsForEvent(eventId, "m.annotation", "m.reaction");
    useEffect(() => {
        const redraw = (): void => draw((count) => count + 1);
        const onRedaction = (_: MatrixEvent, __: Room, ___: unknown): void => redraw();
        event.on(MatrixEventEvent.RelationsCreated, redraw);
        relations?.on(RelationsEvent.Add, redraw);
        relations?.on(RelationsEvent.Remove, redraw);
        relations?.on(RelationsEvent.Redaction, redraw);
        if (relations) room.on(RoomEvent.Redaction, onRedaction); // one's own, before the server has confirmed it
        return () => {
            event.off(MatrixEventEvent.RelationsCreated, redraw);
            relations?.off(RelationsEvent.Add, redraw);
            relations?.off(RelationsEvent.Remove, redraw);
            relations?.off(RelationsEvent.Redaction, redraw);
            room.off(RoomEvent.Redaction, onRedaction);
        };
    }, [event, relations, room]);
    return relations ? grouped(relations.getRelations(), me) : [];
}

/** React, or take back what one reacted. */
export async function toggleReaction(
    client: MatrixClient,
    room: Room,
    event: MatrixEvent,
    key: string,
    mine: MatrixEvent | null,
): Promise<void> {
    if (mine) {
        const id = mine.getId();
        if (mine.status) client.cancelPendingEvent(mine);
        else if (id) await client.redactEvent(room.roomId, id);
        return;
    }
    await client.sendEvent(
        room.roomId,
        null,
        "m.reaction" as never,
        {
            "m.relates_to": { rel_type: "m.annotation", event_id: event.getId() ?? "", key },
        } as never,
    );
}
