import { showPanel } from "../../app/route";
import type { ChatEntries } from "../../rooms/chatParts";
import { words } from "../../words";

export default {
    order: 20,
    entries: () => [{ label: words.value.find.inChat, icon: "search", act: () => showPanel("find") }],
} satisfies ChatEntries;
