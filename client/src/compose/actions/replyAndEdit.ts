import type { MatrixEvent } from "matrix-js-sdk";
import { isThere, type MessageAction } from "../../timeline/actions";
import { tileOf } from "../../timeline/registry";
import { words } from "../../words";
import { isText } from "../content";
import { scopeOf } from "../parts";
import { targetOf } from "../target";

/** A message of a thread is answered, and changed, in its thread. */
function threadOf(event: MatrixEvent): string | null {
    return event.isThreadRoot ? null : (event.threadRootId ?? null);
}

export default [
    {
        order: 10,
        icon: "reply",
        label: () => words.value.timeline.reply,
        isFor: (aimed) => isThere(aimed) && tileOf(aimed.event)?.shape === "bubble" && aimed.room.maySendMessage(),
        act: ({ event, room }) => {
            targetOf(scopeOf(room, threadOf(event))).value = { kind: "reply", event };
        },
    },
    {
        order: 20,
        icon: "edit",
        label: () => words.value.timeline.edit,
        isFor: (aimed) => isThere(aimed) && aimed.isMine && isText(aimed.event),
        act: ({ event, room }) => {
            targetOf(scopeOf(room, threadOf(event))).value = { kind: "edit", event };
        },
    },
] satisfies readonly MessageAction[];
