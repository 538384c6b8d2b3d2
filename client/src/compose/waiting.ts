import { type MatrixClient, MatrixEvent, MatrixEventEvent } from "matrix-js-sdk";

/** How the IDs begin that the SDK gives to what has none yet. */
const LOCAL = "~";

type Crypto = Parameters<MatrixEvent["attemptDecryption"]>[0];

/**
 * An encrypted message that waited while the page was loaded again is kept as it would have been sent. The crypto reads
 * only what has an event ID of a server; one that has none yet is read under another name, so that its writer sees what waits.
 */
export async function readWaiting(client: MatrixClient, event: MatrixEvent): Promise<void> {
    if (!event.getId()?.startsWith(LOCAL) || !event.isDecryptionFailure()) return;
    const named = new MatrixEvent({
        ...event.event,
        event_id: "$waiting",
        origin_server_ts: event.getTs() || Date.now(),
    });
    await client.decryptEventIfNeeded(named);
    if (named.isDecryptionFailure() || named.isBeingDecrypted()) return;
    const clear = { type: named.getType(), content: named.getContent(), room_id: event.getRoomId() };
    const crypto = { decryptEvent: async () => ({ clearEvent: clear }) };
    await event.attemptDecryption(crypto as unknown as Crypto, { isRetry: true });
}

/** Read what waits, now and when it has been loaded. */
export function readAllWaiting(client: MatrixClient): () => void {
    const read = (event: MatrixEvent): void => {
        readWaiting(client, event).catch((error: unknown) => console.warn("It waits unread", error));
    };
    for (const room of client.getRooms()) for (const event of room.getPendingEvents()) read(event);
    client.on(MatrixEventEvent.Decrypted, read);
    return () => void client.off(MatrixEventEvent.Decrypted, read);
}
