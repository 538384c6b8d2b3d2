import type { MatrixEvent, Room } from "matrix-js-sdk";
import { COMMITMENT, OPENING, opens, withoutOpening } from "../matrix/commitments";
import type { Disclosed } from "./api";

/** A message that is handed over, and what it proves. */
export interface Chosen {
    event: MatrixEvent;
    disclosed: Disclosed;
    /** Its sender's client committed to it, so that they cannot deny it. */
    isProven: boolean;
}

/** Whether a report of an event has to hand over what it says: the server cannot read it. */
export function isSealed(event: MatrixEvent): boolean {
    return event.isEncrypted();
}

/** Whether this device can read it, and it is a message that has reached the server. */
export function canHandOver(event: MatrixEvent): boolean {
    return isSealed(event) && !event.status && !event.isRedacted() && !event.isDecryptionFailure() && !!event.getId();
}

/** An encrypted message exactly as it was sent: decrypted here, without the key of anything but its own attachment. */
export async function handOver(event: MatrixEvent, room: Room): Promise<Chosen> {
    const whole = event.getOriginalContent() as Record<string, unknown>;
    const { [OPENING]: opening } = whole;
    const commitment = event.getWireContent()[COMMITMENT];
    const [sender, type, eventId] = [event.getSender() ?? "", event.getType(), event.getId() ?? ""];
    for (const content of readings(withoutOpening(whole))) {
        if (await opens(commitment, opening, { roomId: room.roomId, sender, type, content })) {
            const disclosed = { event_id: eventId, type, content, opening: String(opening) };
            return { event, disclosed, isProven: true };
        }
    }
    return { event, disclosed: { event_id: eventId, type, content: withoutOpening(whole) }, isProven: false };
}

/**
 * What may have been encrypted: a relation that stands in the clear alone is put into the message when it is decrypted,
 * and a sender could keep a message from being proven with one.
 */
function readings(content: Record<string, unknown>): Record<string, unknown>[] {
    const { "m.relates_to": relation, ...rest } = content;
    return relation === undefined ? [content] : [content, rest];
}

/** What belongs to a reported message by itself: the message, and its newest change where it was changed. */
export async function handOverReported(event: MatrixEvent, room: Room): Promise<Chosen[]> {
    const change = event.replacingEvent();
    const all = change && canHandOver(change) ? [event, change] : [event];
    return Promise.all(all.map((each) => handOver(each, room)));
}

/** The next message before or after those chosen that could be added; null where there is none here. */
export function neighbour(room: Room, chosen: readonly Chosen[], side: "before" | "after"): MatrixEvent | null {
    const timeline = room.getTimelineForEvent(chosen[0]?.event.getId() ?? "") ?? room.getLiveTimeline();
    const events = timeline.getEvents().filter((event) => canHandOver(event) && !event.isRelation("m.replace"));
    const ids = new Set(chosen.map(({ event }) => event.getId()));
    const places = events.flatMap((event, i) => (ids.has(event.getId()) ? [i] : []));
    if (places.length === 0) return null;
    const at = side === "before" ? Math.min(...places) - 1 : Math.max(...places) + 1;
    return events[at] ?? null;
}

/** In the order in which they were said. */
export function inOrder(chosen: readonly Chosen[]): Chosen[] {
    return [...chosen].sort((one, other) => one.event.getTs() - other.event.getTs());
}

export function sizeOf(chosen: readonly Chosen[]): number {
    return new TextEncoder().encode(JSON.stringify(chosen.map(({ disclosed }) => disclosed))).length;
}
