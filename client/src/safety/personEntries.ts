import type { PersonEntries } from "../app/parts";
import { words } from "../words";
import { openReport } from "./openReport";

/** Report a member, or whoever invites. */
const entries: PersonEntries = ({ userId, name, room }) => [
    {
        label: words.value.safety.reportPerson,
        icon: "flag",
        isDangerous: true,
        act: () => openReport({ kind: "account", userId, name, room }),
    },
];

export default entries;
