import { isThere, type MessageAction } from "../../timeline/actions";
import { words } from "../../words";
import { openForward } from "../ForwardTo";

export default {
    order: 25,
    icon: "forward",
    label: () => words.value.compose.forward,
    isFor: (aimed) => isThere(aimed) && aimed.event.getType() === "m.room.message",
    act: ({ event, room }) => openForward(event, room),
} satisfies MessageAction;
