import type { MatrixEvent } from "matrix-js-sdk";
import { looksOf } from "../matrix/roomView";
import { startOfDay } from "../rooms/times";

/** A line of a conversation. */
export type Item =
    | { kind: "day"; key: string; at: number }
    | { kind: "new"; key: string }
    | {
          kind: "event";
          key: string;
          event: MatrixEvent;
          looks: string;
          /** Others of the same person right before and after it are drawn as one. */
          startsGroup: boolean;
          endsGroup: boolean;
          /** Somebody else has read it, or a later one. */
          isRead: boolean;
      };

/** Messages of one person further apart than this are not drawn as one group. */
export const GROUP_MS = 5 * 60_000;

interface Shown {
    event: MatrixEvent;
    isBubble: boolean;
}

/** What is drawn for a row of events, the oldest first. `newAfter`: the last one that was read before. */
export function itemsOf(shown: readonly Shown[], newAfter: string | null, readUpTo: string | null, me: string): Item[] {
    const items: Item[] = [];
    const lastRead = readUpTo === null ? -1 : shown.findIndex(({ event }) => event.getId() === readUpTo);
    let hasNew = newAfter === null;
    let isAfter = false;
    for (const [i, { event, isBubble }] of shown.entries()) {
        const before = shown[i - 1];
        const after = shown[i + 1];
        const day = startOfDay(event.getTs());
        const isNewDay = !before || startOfDay(before.event.getTs()) !== day;
        if (isNewDay) items.push({ kind: "day", key: `day ${day}`, at: day });
        const isNewHere = !hasNew && isAfter && isBubble && event.getSender() !== me;
        if (isNewHere) {
            const above = items.at(-1);
            if (above?.kind === "event") above.endsGroup = true;
            items.push({ kind: "new", key: "new" });
            hasNew = true;
        }
        isAfter ||= event.getId() === newAfter;
        items.push({
            kind: "event",
            key: event.getTxnId() ?? event.getId() ?? `${i}`,
            event,
            looks: looksOf(event),
            startsGroup: isNewDay || isNewHere || !isBubble || !before || !areOneGroup(before, { event, isBubble }),
            endsGroup: !isBubble || !after || !areOneGroup({ event, isBubble }, after),
            isRead: i <= lastRead,
        });
    }
    return items;
}

function areOneGroup(one: Shown, other: Shown): boolean {
    return (
        one.isBubble &&
        other.isBubble &&
        one.event.getSender() === other.event.getSender() &&
        other.event.getTs() - one.event.getTs() < GROUP_MS &&
        startOfDay(one.event.getTs()) === startOfDay(other.event.getTs())
    );
}

/** Whoever makes a room comes in right after that; the line that says who made it says so already. */
export function isFounding(event: MatrixEvent, before: MatrixEvent | undefined): boolean {
    return (
        before?.getType() === "m.room.create" &&
        event.getType() === "m.room.member" &&
        event.getStateKey() === before.getSender()
    );
}
