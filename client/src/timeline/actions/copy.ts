import { toast, trying } from "../../design/Toasts";
import { words } from "../../words";
import { isThere, type MessageAction } from "../actions";

export default {
    order: 30,
    icon: "copy",
    label: () => words.value.timeline.copy,
    isFor: (aimed) => isThere(aimed) && typeof aimed.event.getContent()["body"] === "string",
    act: ({ event }) => {
        const copying = navigator.clipboard.writeText(String(event.getContent()["body"]));
        void trying(copying.then(() => toast(words.value.common.copied)));
    },
} satisfies MessageAction;
