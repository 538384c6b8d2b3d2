import type { ChatEntries } from "../../rooms/chatParts";
import { words } from "../../words";
import { openJumpToDate } from "../JumpToDate";

export default {
    order: 30,
    entries: (view) => [
        { label: words.value.timeline.jumpToDate, icon: "calendar", act: () => openJumpToDate(view.id) },
    ],
} satisfies ChatEntries;
