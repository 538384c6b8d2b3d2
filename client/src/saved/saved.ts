import {
    ClientEvent,
    EventType,
    type MatrixClient,
    MatrixError,
    Method,
    Preset,
    type Room,
    RoomStateEvent,
    Visibility,
} from "matrix-js-sdk";
import { ENCRYPTION } from "../matrix/direct";
import type { Matrix } from "../matrix/matrix";
import { SAVED } from "../matrix/roomView";
import { words } from "../words";

let making: Promise<string> | null = null;

/** The room of what this person has saved, made when it is first needed. It is encrypted, and nobody else is in it. */
export async function savedRoom(matrix: Matrix): Promise<Room> {
    making ??= idOf(matrix).finally(() => {
        making = null;
    });
    return known(matrix.client, await making);
}

async function idOf({ client, me }: Matrix): Promise<string> {
    const kept = await keptId(client, me);
    if (kept !== null && (await client.getJoinedRooms()).joined_rooms.includes(kept)) return kept;
    const { room_id: roomId } = await client.createRoom({
        name: words.value.saved.title, // other clients show it by this name
        preset: Preset.PrivateChat,
        visibility: Visibility.Private,
        initial_state: [ENCRYPTION],
    });
    await client.setAccountData(SAVED, { room_id: roomId });
    return roomId;
}

/** What the server knows, and not the last sync: another device may have made the room a moment ago. */
async function keptId(client: MatrixClient, me: string): Promise<string | null> {
    const path = `/user/${encodeURIComponent(me)}/account_data/${SAVED}`;
    try {
        const { room_id: roomId } = await client.http.authedRequest<{ room_id?: unknown }>(Method.Get, path);
        return typeof roomId === "string" ? roomId : null;
    } catch (error) {
        if (error instanceof MatrixError && error.errcode === "M_NOT_FOUND") return null;
        throw error;
    }
}

/** Once it is here, and known to be encrypted: before that nothing is sent into it. */
function known(client: MatrixClient, roomId: string): Promise<Room> {
    return new Promise((resolve) => {
        const look = (): void => {
            const room = client.getRoom(roomId);
            if (!room?.currentState.getStateEvents(EventType.RoomEncryption, "")) return;
            client.off(ClientEvent.Room, look);
            client.off(RoomStateEvent.Events, look);
            resolve(room);
        };
        client.on(ClientEvent.Room, look);
        client.on(RoomStateEvent.Events, look);
        look();
    });
}
