import { ask } from "../../design/Dialog";
import { words } from "../../words";
import type { MessageAction } from "../actions";

export default {
    order: 90,
    icon: "trash",
    isDangerous: true,
    label: () => words.value.timeline.delete,
    isFor: ({ event, room, isMine, matrix }) =>
        !event.status &&
        !event.isRedacted() &&
        (isMine || room.currentState.hasSufficientPowerLevelFor("redact", powerOf(room, matrix.me))),
    act: ({ event, room, matrix }) => {
        ask({
            title: words.value.timeline.deleteTitle,
            text: words.value.timeline.deleteMore,
            yes: words.value.timeline.delete,
            isDangerous: true,
            act: () => matrix.client.redactEvent(room.roomId, event.getId() ?? ""),
        });
    },
} satisfies MessageAction;

function powerOf(room: Parameters<MessageAction["isFor"]>[0]["room"], userId: string): number {
    return room.getMember(userId)?.powerLevel ?? 0;
}
