import type { ChatEntries } from "../app/parts";
import { words } from "../words";
import { openReport } from "./openReport";

/** Report the other person of a direct chat, or a group. */
const entries: ChatEntries = (view, { rooms }) => {
    const room = rooms.room(view.id);
    if (!room || view.isOfficial || view.isSaved) return [];
    const { safety } = words.value;
    const { partner, name } = view;
    const target = partner
        ? ({ kind: "account", userId: partner, name, room } as const)
        : ({ kind: "room", room } as const);
    const label = partner ? safety.reportPerson : safety.reportChat;
    return [{ label, icon: "flag", isDangerous: true, act: () => openReport(target) }];
};

export default entries;
