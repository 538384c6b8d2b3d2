import { showPanel } from "../../app/route";
import type { ChatEntries } from "../../rooms/chatParts";
import { words } from "../../words";

export default {
    order: 10,
    entries: () => [{ label: words.value.threads.title, icon: "thread", act: () => showPanel("threads") }],
} satisfies ChatEntries;
