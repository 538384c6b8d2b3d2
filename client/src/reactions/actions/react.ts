import { trying } from "../../design/Toasts";
import { isThere, type MessageAction } from "../../timeline/actions";
import { tileOf } from "../../timeline/registry";
import { words } from "../../words";
import { openPicker } from "../EmojiPicker";
import { grouped, toggleReaction } from "../reactions";

export default {
    order: 5,
    icon: "smile",
    label: () => words.value.reactions.react,
    isFor: (aimed) => isThere(aimed) && tileOf(aimed.event)?.shape === "bubble" && aimed.room.maySendMessage(),
    act: ({ event, room, matrix }) =>
        openPicker((key) => {
            const relations = room.relations.getChildEventsForEvent(event.getId() ?? "", "m.annotation", "m.reaction");
            const before = grouped(relations?.getRelations() ?? [], matrix.me).find((each) => each.key === key);
            if (!before?.mine) void trying(toggleReaction(matrix.client, room, event, key, null));
        }),
} satisfies MessageAction;
