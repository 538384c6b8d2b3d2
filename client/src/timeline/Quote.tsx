import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { chatAddress } from "../app/route";
import { words } from "../words";
import { previewOf } from "./registry";
import "./Quote.css";

/** What a message answers, and the way to it. */
export function Quote({ event, room }: { event: MatrixEvent; room: Room }): JSX.Element | null {
    const repliedTo = event.isRedacted() ? undefined : event.replyEventId;
    if (!repliedTo) return null;
    const original = room.findEventById(repliedTo);
    const name = original?.sender?.name ?? original?.getSender();
    const { timeline } = words.value;
    return (
        <a class="quote" href={chatAddress(room.roomId, repliedTo)} aria-label={name && timeline.inReplyTo(name)}>
            {name && <bdi class="quote-name one-line">{name}</bdi>}
            <bdi class="quote-text one-line">{original ? previewOf(original) : timeline.replyNotLoaded}</bdi>
        </a>
    );
}
