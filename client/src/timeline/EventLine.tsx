import { EventStatus, type MatrixEvent, type Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Avatar, colourOf } from "../design/Avatar";
import { IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { openMenu } from "../design/Menu";
import { memo } from "../design/memo";
import { useMatrix } from "../matrix/matrix";
import { timeOfDay } from "../rooms/times";
import { language, words } from "../words";
import { actionsFor } from "./actions";
import { eventParts } from "./eventParts";
import { originOf } from "./origin";
import { Quote } from "./Quote";
import { allMarks, tileOf } from "./registry";
import "./EventLine.css";

interface EventLineProps {
    event: MatrixEvent;
    room: Room;
    isMine: boolean;
    looks: string;
    itemKey: string;
    startsGroup: boolean;
    endsGroup: boolean;
    isRead: boolean;
    isDirect: boolean;
    isTarget: boolean;
}

/** An event with what is around it: who said it and when, what became of it, what one can do with it. */
export const EventLine = memo((props: EventLineProps): JSX.Element | null => {
    const { event, room, isMine, looks, itemKey, startsGroup, endsGroup, isDirect, isTarget } = props;
    const matrix = useMatrix();
    const tile = tileOf(event);
    if (!tile) return null;
    const shown = <tile.Tile event={event} room={room} isMine={isMine} looks={looks} />;
    if (tile.shape === "notice") {
        return (
            <div class="event-notice" data-key={itemKey} data-event={event.getId()} tabIndex={-1}>
                {shown}
            </div>
        );
    }
    const name = event.sender?.name ?? event.getSender() ?? "";
    const showsWho = !isMine && !isDirect;
    const menu = (from: MouseEvent | KeyboardEvent): void => {
        const entries = actionsFor({ event, room, isMine, matrix });
        if (entries.length > 0) openMenu(from, entries);
    };
    const classes = [
        "event-line",
        isMine && "event-mine",
        startsGroup && "event-first",
        endsGroup && "event-last",
        isTarget && "event-target",
        !isMine && mentions(event, matrix.me) && "event-for-me",
    ];
    return (
        <article
            class={classes.filter(Boolean).join(" ")}
            data-key={itemKey}
            data-event={event.getId()}
            tabIndex={-1}
            aria-label={`${isMine ? words.value.common.you : name}, ${timeOfDay(event.getTs(), language.value)}`}
            onContextMenu={(from) => {
                if (!window.getSelection()?.toString()) menu(from);
            }}
            onKeyDown={(from) => {
                if (from.key === "Enter" && from.target === from.currentTarget) menu(from);
            }}
        >
            {showsWho && (
                <span class="event-avatar">
                    {endsGroup && (
                        <Avatar
                            name={name}
                            id={event.getSender() ?? ""}
                            picture={event.sender?.getMxcAvatarUrl()}
                            size={34}
                        />
                    )}
                </span>
            )}
            <div class="event-body">
                <div class="event-bubble">
                    {showsWho && startsGroup && (
                        <bdi class={`event-sender event-sender-${colourOf(event.getSender() ?? "")}`}>{name}</bdi>
                    )}
                    <Forwarded event={event} />
                    <Quote event={event} room={room} />
                    {shown}
                    <Below {...props} />
                </div>
                {eventParts().map(({ Part }, i) => (
                    <Part key={i} event={event} room={room} isMine={isMine} looks={looks} />
                ))}
            </div>
            <IconButton
                icon="more"
                size={18}
                label={words.value.timeline.actions}
                hasMenu
                class="event-more"
                onClick={menu}
            />
        </article>
    );
});

/** Where it comes from, in the words of whoever forwarded it. */
function Forwarded({ event }: { event: MatrixEvent }): JSX.Element | null {
    const origin = event.isRedacted() ? null : originOf(event);
    if (!origin) return null;
    const { timeline } = words.value;
    return (
        <span class="event-forwarded" title={timeline.forwardedMore}>
            <Icon name="forward" size={14} />
            <bdi class="one-line">{timeline.forwardedFrom(origin.name)}</bdi>
        </span>
    );
}

/** Whether a message is meant for somebody in particular (Client-Server API v1.19, "User and room mentions"). */
function mentions(event: MatrixEvent, userId: string): boolean {
    const said: unknown = event.getContent()["m.mentions"];
    if (typeof said !== "object" || said === null) return false;
    const { user_ids: userIds, room } = said as Record<string, unknown>;
    return room === true || (Array.isArray(userIds) && userIds.includes(userId));
}

/** When it was said, whether it was changed, and what became of one's own. */
function Below({ event, isMine, isRead, looks }: EventLineProps): JSX.Element {
    const { timeline } = words.value;
    const edited = event.replacingEventDate();
    return (
        <span class="event-below">
            {edited && <span title={timeline.editedAt(edited.toLocaleString(language.value))}>{timeline.edited}</span>}
            {allMarks().map((Mark, i) => (
                <Mark key={i} event={event} looks={looks} />
            ))}
            <time dateTime={event.getDate()?.toISOString()}>{timeOfDay(event.getTs(), language.value)}</time>
            {isMine && <Fate status={event.status} isRead={isRead} />}
        </span>
    );
}

function Fate({ status, isRead }: { status: EventStatus | null; isRead: boolean }): JSX.Element {
    const { timeline } = words.value;
    if (status === EventStatus.NOT_SENT) {
        return (
            <strong class="event-not-sent">
                <Icon name="warn" size={14} />
                {timeline.notSent}
            </strong>
        );
    }
    const [icon, said] =
        status && status !== EventStatus.SENT
            ? (["clock", timeline.sending] as const)
            : isRead
              ? (["checks", timeline.read] as const)
              : (["check", timeline.sent] as const);
    return (
        <span class="event-fate" role="img" aria-label={said} title={said}>
            <Icon name={icon} size={15} />
        </span>
    );
}
