import type { JSX } from "preact";
import type { EventPart } from "../../timeline/eventParts";
import type { TileProps } from "../../timeline/registry";
import { ThreadSummary } from "../ThreadSummary";
import { openThread, useThread } from "../threads";

/** Below a message that began a thread: the way into it. */
function Below({ event, room }: TileProps): JSX.Element | null {
    const rootId = event.getId() ?? "";
    const thread = useThread(room, rootId);
    if (!thread || thread.length === 0) return null;
    return (
        <button type="button" class="thread-below" onClick={() => openThread(room.roomId, rootId)}>
            <ThreadSummary room={room} rootId={rootId} />
        </button>
    );
}

export default { order: 20, Part: Below } satisfies EventPart;
