import { Direction, type MatrixEvent, type Room } from "matrix-js-sdk";
import type { Matrix } from "../matrix/matrix";

const AT_ONCE = 100;

export interface Exported {
    file: Blob;
    messageCount: number;
}

/**
 * What the server has of this person, as one JSON file. `tell` hears which chat is being read; `signal` stops it.
 * Pieces go into a Blob as they come, which browsers keep outside of the page's memory.
 */
export async function exportAll(matrix: Matrix, tell: (chat: string) => void, signal: AbortSignal): Promise<Exported> {
    const { client, me } = matrix;
    const [profile, { devices }] = await Promise.all([client.getProfileInfo(me), client.getDevices()]);
    const accountData = [...client.store.accountData.values()].map((event) => ({
        type: event.getType(),
        content: event.getContent(),
    }));
    const about = { user_id: me, exported_at: new Date().toISOString(), profile, devices, account_data: accountData };
    let file = new Blob([JSON.stringify(about).slice(0, -1), ',"rooms":[']);
    let messageCount = 0;
    let isFirst = true;
    for (const room of client.getRooms()) {
        tell(room.name);
        const { head, events } = await exportRoom(matrix, room, signal);
        messageCount += events.length;
        file = new Blob([file, isFirst ? "" : ",", JSON.stringify({ ...head, events })]);
        isFirst = false;
    }
    return { file: new Blob([file, "]}"], { type: "application/json" }), messageCount };
}

async function exportRoom({ client }: Matrix, room: Room, signal: AbortSignal) {
    const head = { room_id: room.roomId, name: room.name, membership: room.getMyMembership(), tags: room.tags };
    const events: object[] = [];
    if (room.getMyMembership() !== "join") return { head, events };
    const toEvent = client.getEventMapper({ preventReEmit: true });
    let from: string | null = null;
    do {
        signal.throwIfAborted();
        const page = await client.createMessagesRequest(room.roomId, from, AT_ONCE, Direction.Backward);
        for (const raw of page.chunk) {
            const event = toEvent(raw);
            if (event.isEncrypted()) await client.decryptEventIfNeeded(event);
            events.push(inWords(event));
        }
        from = page.end && page.end !== from ? page.end : null;
    } while (from);
    return { head, events: events.reverse() };
}

/** An event as it reads; one that cannot be decrypted here stays as the server has it. */
function inWords(event: MatrixEvent): object {
    const isReadable = !event.isDecryptionFailure();
    return {
        event_id: event.getId(),
        type: isReadable ? event.getType() : event.getWireType(),
        sender: event.getSender(),
        at: new Date(event.getTs()).toISOString(),
        state_key: event.getStateKey(),
        was_encrypted: event.isEncrypted(),
        content: isReadable ? event.getContent() : event.getWireContent(),
    };
}
