import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { ComponentChildren, JSX } from "preact";
import { Avatar } from "../design/Avatar";
import { shortTime } from "../rooms/times";
import { language } from "../words";
import { previewOf } from "./registry";
import "./EventRow.css";

interface EventRowProps {
    event: MatrixEvent;
    room: Room;
    /** What it says below the message. */
    children?: ComponentChildren;
    isNew?: boolean;
    onClick: () => void;
}

/** A message as a row of a list, the way to it. */
export function EventRow({ event, room, children, isNew = false, onClick }: EventRowProps): JSX.Element {
    const sender = event.getSender() ?? "";
    const name = room.getMember(sender)?.name ?? sender;
    return (
        <button type="button" class={isNew ? "event-row event-row-new" : "event-row"} onClick={onClick}>
            <Avatar name={name} id={sender} picture={room.getMember(sender)?.getMxcAvatarUrl()} size={34} />
            <span class="event-row-text">
                <span class="event-row-head">
                    <bdi class="one-line">{name}</bdi>
                    <time>{shortTime(event.getTs(), language.value)}</time>
                </span>
                <bdi class="event-row-preview">{previewOf(event)}</bdi>
                {children}
            </span>
        </button>
    );
}
