import { trying } from "../../design/Toasts";
import { isThere, type MessageAction } from "../../timeline/actions";
import { tileOf } from "../../timeline/registry";
import { words } from "../../words";
import { mayPin, pinsOf, setPinned } from "../pins";

const isPinned = ({ event, room }: Parameters<MessageAction["isFor"]>[0]): boolean =>
    pinsOf(room).includes(event.getId() ?? "");

const isFor: MessageAction["isFor"] = (aimed) =>
    isThere(aimed) && tileOf(aimed.event)?.shape === "bubble" && mayPin(aimed.room, aimed.matrix.me);

export default [
    {
        order: 40,
        icon: "pin",
        label: () => words.value.pins.pin,
        isFor: (aimed) => isFor(aimed) && !isPinned(aimed),
        act: ({ event, room, matrix }) => void trying(setPinned(matrix.client, room, event.getId() ?? "", true)),
    },
    {
        order: 40,
        icon: "pin",
        label: () => words.value.pins.unpin,
        isFor: (aimed) => isFor(aimed) && isPinned(aimed),
        act: ({ event, room, matrix }) => void trying(setPinned(matrix.client, room, event.getId() ?? "", false)),
    },
] satisfies readonly MessageAction[];
