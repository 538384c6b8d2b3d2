import { words } from "../../words";
import { isThere, type MessageAction } from "../actions";
import { openHistory } from "../History";
import { openReadBy } from "../ReadBy";
import { tileOf } from "../registry";

export default [
    {
        order: 60,
        icon: "history",
        label: () => words.value.timeline.history,
        isFor: (aimed) => isThere(aimed) && aimed.event.replacingEventId() !== undefined,
        act: ({ event, room }) => openHistory(event, room),
    },
    {
        order: 61,
        icon: "checks",
        label: () => words.value.timeline.readBy,
        isFor: (aimed) => isThere(aimed) && aimed.isMine && tileOf(aimed.event)?.shape === "bubble",
        act: ({ event, room }) => openReadBy(event, room),
    },
] satisfies readonly MessageAction[];
