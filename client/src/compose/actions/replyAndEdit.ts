import { isThere, type MessageAction } from "../../timeline/actions";
import { tileOf } from "../../timeline/registry";
import { words } from "../../words";
import { isText } from "../content";
import { targetOf } from "../target";

export default [
    {
        order: 10,
        icon: "reply",
        label: () => words.value.timeline.reply,
        isFor: (aimed) => isThere(aimed) && tileOf(aimed.event)?.shape === "bubble" && aimed.room.maySendMessage(),
        act: ({ event, room }) => {
            targetOf(room.roomId).value = { kind: "reply", event };
        },
    },
    {
        order: 20,
        icon: "edit",
        label: () => words.value.timeline.edit,
        isFor: (aimed) => isThere(aimed) && aimed.isMine && isText(aimed.event),
        act: ({ event, room }) => {
            targetOf(room.roomId).value = { kind: "edit", event };
        },
    },
] satisfies readonly MessageAction[];
