import { type Signal, signal } from "@preact/signals";
import type { MatrixEvent } from "matrix-js-sdk";

/** What the next message of a room answers, or changes. */
export interface Target {
    kind: "reply" | "edit";
    event: MatrixEvent;
}

const targets = new Map<string, Signal<Target | null>>();

export function targetOf(roomId: string): Signal<Target | null> {
    let found = targets.get(roomId);
    if (!found) {
        found = signal<Target | null>(null);
        targets.set(roomId, found);
    }
    return found;
}
