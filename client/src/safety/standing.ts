import { type ReadonlySignal, signal } from "@preact/signals";
import { ClientEvent, MatrixError, SyncState, type SyncStateData } from "matrix-js-sdk";
import type { Matrix } from "../matrix/matrix";
import { type Restriction, restrictionIn } from "../session/restricted";

export interface ShutOut {
    /** What the server says, in its words. */
    why: string;
    restriction: Restriction | null;
}

const out = signal<ShutOut | null>(null);

/** Why this account cannot be used at the moment: it is locked, and the server answers nothing else. */
export const shutOut: ReadonlySignal<ShutOut | null> = out;

/** Hear it when the server does not let this account in any more, and when it does again. */
export function followStanding({ client }: Matrix): () => void {
    const look = (state: SyncState, _before: SyncState | null, data?: SyncStateData): void => {
        if (state === SyncState.Syncing || state === SyncState.Prepared || state === SyncState.Catchup)
            out.value = null;
        const { error } = data ?? {};
        if (error instanceof MatrixError && error.errcode === "M_USER_LOCKED") {
            out.value = { why: error.data.error ?? "", restriction: restrictionIn(error.data) };
        }
    };
    const state = client.getSyncState();
    if (state) look(state, null, client.getSyncStateData() ?? undefined);
    client.on(ClientEvent.Sync, look);
    return () => {
        client.off(ClientEvent.Sync, look);
        out.value = null;
    };
}
