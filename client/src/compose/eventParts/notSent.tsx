import { EventStatus } from "matrix-js-sdk";
import type { JSX } from "preact";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { EventPart } from "../../timeline/eventParts";
import type { TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { isWaiting, whyNotSent } from "../queue";
import "./notSent.css";

/** Why a message of one's own was not sent, and what one can do about it. */
function NotSent({ event, room }: TileProps): JSX.Element | null {
    const { client } = useMatrix();
    if (event.status !== EventStatus.NOT_SENT) return null;
    const { compose, timeline } = words.value;
    return (
        <div class={isWaiting(event) ? "not-sent not-sent-waits" : "not-sent"}>
            <span role="status">{compose.whyNot[whyNotSent(event)]}</span>
            <button type="button" onClick={() => void trying(client.resendEvent(event, room))}>
                {timeline.sendAgain}
            </button>
            <button type="button" onClick={() => client.cancelPendingEvent(event)}>
                {timeline.dontSend}
            </button>
        </div>
    );
}

export default { order: 1, Part: NotSent } satisfies EventPart;
