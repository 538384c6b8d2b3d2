import { type MatrixEvent, type Room, RoomEvent, type Thread, ThreadEvent } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";
import { navigate, route } from "../app/route";

/** The thread below a message, which is begun by looking at it. */
export function threadFor(room: Room, rootId: string, root: MatrixEvent | undefined): Thread {
    return room.getThread(rootId) ?? room.createThread(rootId, root, root ? [root] : [], true);
}

/** Open a thread beside the conversation. */
export function openThread(roomId: string, rootId: string): void {
    navigate({ name: "chat", parts: [roomId], query: { panel: "thread", thread: rootId } });
}

/** The thread that is open beside the conversation. */
export function openedThread(): string | null {
    const { query } = route.value;
    return query.get("panel") === "thread" ? query.get("thread") : null;
}

/** The thread below a message, drawn again as it grows; null where there is none. */
export function useThread(room: Room, rootId: string): Thread | null {
    const [, draw] = useState(0);
    const thread = room.getThread(rootId);
    useEffect(() => {
        const redraw = (): void => draw((count) => count + 1);
        const onNew = (each: Thread): void => {
            if (each.id === rootId) redraw();
        };
        room.on(ThreadEvent.New, onNew);
        room.on(RoomEvent.UnreadNotifications, redraw);
        thread?.on(ThreadEvent.Update, redraw);
        thread?.on(ThreadEvent.NewReply, redraw);
        return () => {
            room.off(ThreadEvent.New, onNew);
            room.off(RoomEvent.UnreadNotifications, redraw);
            thread?.off(ThreadEvent.Update, redraw);
            thread?.off(ThreadEvent.NewReply, redraw);
        };
    }, [room, rootId, thread]);
    return thread;
}
