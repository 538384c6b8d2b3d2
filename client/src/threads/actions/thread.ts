import { isThere, type MessageAction } from "../../timeline/actions";
import { tileOf } from "../../timeline/registry";
import { words } from "../../words";
import { openThread } from "../threads";

export default {
    order: 12,
    icon: "thread",
    label: () => words.value.threads.answer,
    isFor: (aimed) =>
        isThere(aimed) &&
        tileOf(aimed.event)?.shape === "bubble" &&
        (!aimed.event.threadRootId || aimed.event.isThreadRoot) &&
        aimed.room.maySendMessage(),
    act: ({ event, room }) => openThread(room.roomId, event.getId() ?? ""),
} satisfies MessageAction;
