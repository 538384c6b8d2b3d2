import { type ReadonlySignal, signal } from "@preact/signals";
import { ClientEvent, type MatrixClient, SyncState } from "matrix-js-sdk";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "../session/kept";
import { RoomList } from "./roomList";

export type Connection = "online" | "connecting" | "offline";

/** The one owner of the SDK's client while somebody is logged in. Everything else gets it from `useMatrix()`. */
export class Matrix {
    readonly rooms: RoomList;
    private readonly state = signal<Connection>("connecting");

    constructor(
        readonly client: MatrixClient,
        readonly session: Session,
    ) {
        this.rooms = new RoomList(client);
        client.on(ClientEvent.Sync, this.onSync);
    }

    /** The user ID of whoever is logged in. */
    get me(): string {
        return this.session.userId;
    }

    get connection(): ReadonlySignal<Connection> {
        return this.state;
    }

    private readonly onSync = (state: SyncState): void => {
        if (state === SyncState.Error || state === SyncState.Reconnecting) this.state.value = "offline";
        else if (state === SyncState.Syncing || state === SyncState.Prepared) this.state.value = "online";
        else if (state === SyncState.Catchup) this.state.value = "connecting";
    };

    close(): void {
        this.client.off(ClientEvent.Sync, this.onSync);
        this.rooms.close();
        this.client.stopClient();
    }
}

export const MatrixContext = createContext<Matrix | null>(null);

export function useMatrix(): Matrix {
    const matrix = useContext(MatrixContext);
    if (!matrix) throw new Error("useMatrix outside of the messenger");
    return matrix;
}
