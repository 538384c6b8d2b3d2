import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { chatAddress } from "../app/route";
import { words } from "../words";
import { useOneEvent } from "./oneEvent";
import { previewOf } from "./registry";
import "./Quote.css";

/** What a message answers, and the way to it. */
export function Quote({ event, room }: { event: MatrixEvent; room: Room }): JSX.Element | null {
    const isOfThread = event.getRelation()?.is_falling_back === true; // it answers the thread, not one message in it
    const repliedTo = event.isRedacted() || isOfThread ? undefined : event.replyEventId;
    return repliedTo ? <Original eventId={repliedTo} room={room} /> : null;
}

function Original({ eventId, room }: { eventId: string; room: Room }): JSX.Element {
    const original = useOneEvent(room, eventId);
    const name = original?.sender?.name ?? original?.getSender();
    const { timeline } = words.value;
    const text = original ? previewOf(original) : original === null ? timeline.replyGone : timeline.replyNotLoaded;
    return (
        <a class="quote" href={chatAddress(room.roomId, eventId)}>
            {name && <span class="unseen">{timeline.inReplyTo(name)}</span>}
            {name && (
                <bdi class="quote-name one-line" aria-hidden="true">
                    {name}
                </bdi>
            )}
            <bdi class="quote-text one-line">{text}</bdi>
        </a>
    );
}
