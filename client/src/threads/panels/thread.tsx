import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Panel } from "../../app/parts";
import { Composer } from "../../compose/Composer";
import { Spinner } from "../../design/Spinner";
import { useMatrix } from "../../matrix/matrix";
import type { RoomView } from "../../matrix/roomView";
import { useOneEvent } from "../../timeline/oneEvent";
import { Timeline } from "../../timeline/Timeline";
import { words } from "../../words";
import { openedThread, threadFor } from "../threads";

/** A thread, with a field of its own. */
function ThreadPanel({ roomId }: { roomId: string }): JSX.Element | null {
    const { rooms } = useMatrix();
    const room = rooms.room(roomId);
    const view = rooms.view(roomId)?.value;
    const rootId = openedThread();
    if (!room || !view || !rootId) return <p class="list-note">{words.value.threads.none}</p>;
    return <Thread key={rootId} room={room} view={view} rootId={rootId} />;
}

function Thread({ room, view, rootId }: { room: Room; view: RoomView; rootId: string }): JSX.Element {
    const root = useOneEvent(room, rootId);
    const thread = useMemo(() => (root ? threadFor(room, rootId, root) : null), [room, rootId, root]);
    const { common, timeline } = words.value;
    if (root === null) return <p class="list-note">{timeline.replyGone}</p>;
    if (!thread) return <Spinner label={common.loading} />;
    return (
        <div class={view.isEncrypted ? "thread thread-sealed" : "thread chat-open"}>
            <Timeline room={room} view={view} thread={thread} />
            <Composer room={room} view={view} threadId={rootId} />
        </div>
    );
}

export default { name: "thread", title: () => words.value.threads.thread, Panel: ThreadPanel } satisfies Panel;
