import { type MatrixClient, type MatrixEvent, ReceiptType, type Thread } from "matrix-js-sdk";
import { useEffect } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { readsPrivately } from "../matrix/privacy";
import type { RoomView } from "../matrix/roomView";

/** As long as a glance takes: who only passes by has not read it. */
const GLANCE_MS = 500;

/** Tell the server what has been read: the newest message, while it is in sight of somebody who looks at this page. */
export function useReading(
    newest: MatrixEvent | null,
    view: RoomView,
    isInSight: boolean,
    thread: Thread | null = null,
): void {
    const { client, me, rooms } = useMatrix();
    useEffect(() => {
        if (!newest || !isInSight) return;
        const tell = (): void => {
            if (!document.hasFocus()) return;
            const eventId = newest.getId() ?? "";
            const room = rooms.room(view.id);
            if (!room || (thread ?? room).getEventReadUpTo(me) === eventId) return;
            const telling = thread ? markInThread(client, newest) : markUpTo(client, view.id, newest);
            telling.catch((error: unknown) => console.warn(error)); // the next one says it, too
            if (thread) return;
            if (view.isMarkedUnread) void client.setRoomAccountData(view.id, "m.marked_unread", { unread: false });
        };
        const timer = setTimeout(tell, GLANCE_MS);
        addEventListener("focus", tell);
        return () => {
            clearTimeout(timer);
            removeEventListener("focus", tell);
        };
    }, [newest, isInSight, client, me, rooms, view.id, view.isMarkedUnread, thread]);
}

/** Others see it, too, unless this person does not want that. */
export async function markUpTo(client: MatrixClient, roomId: string, event: MatrixEvent): Promise<void> {
    const eventId = event.getId() ?? "";
    if (readsPrivately.value) await client.setRoomReadMarkers(roomId, eventId, undefined, event);
    else await client.setRoomReadMarkers(roomId, eventId, event);
}

/** The same within a thread. */
async function markInThread(client: MatrixClient, event: MatrixEvent): Promise<void> {
    await client.sendReadReceipt(event, readsPrivately.value ? ReceiptType.ReadPrivate : ReceiptType.Read);
}
