import { isOfficial } from "../../matrix/official";
import type { MessageAction } from "../../timeline/actions";
import { words } from "../../words";
import { openReport } from "../openReport";
import { restrictionOf } from "../restricted";

/** Report what somebody else said; also what cannot be read here, since its sender and time can be told. */
export default {
    order: 95,
    icon: "flag",
    isDangerous: true,
    label: () => words.value.safety.reportMessage,
    isFor: ({ event, isMine }) =>
        !isMine && !event.status && !event.isRedacted() && !isOfficial(event) && restrictionOf(event) === null,
    act: ({ event, room }) => openReport({ kind: "event", event, room }),
} satisfies MessageAction;
