import type { ChatEntries } from "../../rooms/chatParts";
import { words } from "../../words";
import { openNewPoll } from "../NewPoll";

export default {
    order: 20,
    entries: (view, { rooms }) => {
        const room = rooms.room(view.id);
        if (!room?.maySendMessage()) return [];
        return [{ label: words.value.polls.title, icon: "poll", act: () => openNewPoll(room, null) }];
    },
} satisfies ChatEntries;
