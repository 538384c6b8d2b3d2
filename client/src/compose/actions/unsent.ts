import { EventStatus } from "matrix-js-sdk";
import { trying } from "../../design/Toasts";
import type { MessageAction } from "../../timeline/actions";
import { words } from "../../words";

export default [
    {
        order: 1,
        icon: "send",
        label: () => words.value.timeline.sendAgain,
        isFor: ({ event }) => event.status === EventStatus.NOT_SENT,
        act: ({ event, room, matrix }) => void trying(matrix.client.resendEvent(event, room)),
    },
    {
        order: 2,
        icon: "close",
        label: () => words.value.timeline.dontSend,
        isFor: ({ event }) => event.status === EventStatus.NOT_SENT || event.status === EventStatus.QUEUED,
        act: ({ event, matrix }) => matrix.client.cancelPendingEvent(event),
    },
] satisfies readonly MessageAction[];
