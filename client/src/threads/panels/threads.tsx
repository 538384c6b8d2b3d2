import { NotificationCountType, type Room, RoomEvent, type Thread, ThreadEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Panel } from "../../app/parts";
import { Button } from "../../design/Button";
import { Spinner } from "../../design/Spinner";
import { useMatrix } from "../../matrix/matrix";
import { EventRow } from "../../timeline/EventRow";
import { words } from "../../words";
import { ThreadSummary } from "../ThreadSummary";
import { openThread } from "../threads";

/** The threads of a room, the one in which somebody spoke last first. */
function ThreadsPanel({ roomId }: { roomId: string }): JSX.Element | null {
    const { rooms } = useMatrix();
    const room = rooms.room(roomId);
    return room && <List key={roomId} room={room} />;
}

function List({ room }: { room: Room }): JSX.Element {
    const { threads, common } = words.value;
    const [state, setState] = useState<"loading" | "here" | "wrong">("loading");
    const [, draw] = useState(0);
    const get = async (): Promise<void> => {
        setState("loading");
        try {
            await room.createThreadsTimelineSets();
            await room.fetchRoomThreads();
            setState("here");
        } catch {
            setState("wrong");
        }
    };
    useEffect(() => {
        void get();
        const redraw = (): void => draw((count) => count + 1);
        room.on(ThreadEvent.New, redraw);
        room.on(ThreadEvent.Update, redraw);
        room.on(RoomEvent.UnreadNotifications, redraw);
        return () => {
            room.off(ThreadEvent.New, redraw);
            room.off(ThreadEvent.Update, redraw);
            room.off(RoomEvent.UnreadNotifications, redraw);
        };
    }, [room]);
    const all = room
        .getThreads()
        .filter(({ length }) => length > 0)
        .sort((one, other) => lastAt(other) - lastAt(one));
    if (all.length > 0) {
        return (
            <>
                {all.map((thread) => (
                    <Row key={thread.id} room={room} thread={thread} />
                ))}
            </>
        );
    }
    if (state === "loading") return <Spinner label={common.loading} />;
    if (state === "here") return <p class="list-note">{threads.none}</p>;
    return (
        <div class="list-note" role="alert">
            <p>{common.somethingBroke}</p>
            <Button onClick={() => void get()}>{common.again}</Button>
        </div>
    );
}

function Row({ room, thread }: { room: Room; thread: Thread }): JSX.Element | null {
    const { rootEvent, id } = thread;
    if (!rootEvent) return null;
    const isNew = room.getThreadUnreadNotificationCount(id, NotificationCountType.Total) > 0;
    return (
        <EventRow event={rootEvent} room={room} isNew={isNew} onClick={() => openThread(room.roomId, id)}>
            <ThreadSummary room={room} rootId={id} />
        </EventRow>
    );
}

function lastAt(thread: Thread): number {
    return thread.replyToEvent?.getTs() ?? thread.rootEvent?.getTs() ?? 0;
}

export default { name: "threads", title: () => words.value.threads.title, Panel: ThreadsPanel } satisfies Panel;
