import { Direction, type MatrixClient, type MatrixEvent, type Room, type Thread } from "matrix-js-sdk";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { chatAddress, navigate } from "../app/route";
import { IconButton } from "../design/Button";
import { Spinner } from "../design/Spinner";
import { toast } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";
import { words } from "../words";
import { DayLine } from "./DayLine";
import { EventLine } from "./EventLine";
import type { Item } from "./items";
import { oneEvent } from "./oneEvent";
import { useReading } from "./reading";
import { useAnchored } from "./scrolling";
import { TimelineView } from "./view";
import "./Timeline.css";

/** A conversation, at its newest messages or around one of them. */
export function Timeline({
    room,
    view: roomView,
    eventId,
    thread = null,
}: {
    room: Room;
    view: RoomView;
    eventId?: string | undefined;
    /** Instead of the room itself. */
    thread?: Thread | null;
}): JSX.Element {
    const { client, me } = useMatrix();
    const { timeline, common } = words.value;
    const view = useMemo(() => new TimelineView(client, room, thread), [client, room, thread]);
    const box = useRef<HTMLDivElement>(null);
    const [isAtBottom, setAtBottom] = useState(true);
    useEffect(() => {
        void view.load(eventId).then((isThere) => {
            if (!isThere && eventId) void goElsewhere(client, room, eventId);
        });
        return () => view.close();
    }, [view, eventId]);
    const items = view.items.value;
    const isLive = view.isLive.value;
    const toBottom = useAnchored(box, items, {
        onNearStart: () => void view.page(Direction.Backward),
        onNearEnd: () => void (isLive || view.page(Direction.Forward)),
        onBottom: setAtBottom,
    });
    const mine = items.at(-1);
    const sending = mine?.kind === "event" && mine.event.status ? mine.key : null;
    useEffect(() => {
        if (sending !== null) toBottom(); // whoever says something looks at it
    }, [sending]);
    useReading(newest(items), roomView, isAtBottom && isLive, thread);
    useEffect(() => {
        if (eventId && !view.isLoading.value)
            box.current?.querySelector(`[data-event="${CSS.escape(eventId)}"]`)?.scrollIntoView({ block: "center" });
    }, [eventId, view.isLoading.value, view]);
    const onBottomButton = useCallback(() => {
        if (!eventId) return toBottom();
        navigate({ name: "chat", parts: [room.roomId] }, { replace: true });
    }, [eventId, room, toBottom]);
    return (
        <div class="timeline">
            <div
                ref={box}
                class="timeline-box scrolls"
                tabIndex={0}
                role="log"
                aria-label={timeline.messages}
                aria-live="polite"
                onKeyDown={moveFocus}
            >
                <div class="timeline-lines">
                    {view.isLoading.value ? (
                        <div class="timeline-loading">
                            <Spinner label={common.loading} size={28} />
                        </div>
                    ) : (
                        view.isAtBeginning && !thread && <p class="timeline-beginning">{timeline.beginning}</p>
                    )}
                    {items.map((item) => (
                        <Line
                            key={item.key}
                            item={item}
                            room={room}
                            me={me}
                            isDirect={roomView.partner !== null}
                            target={eventId}
                        />
                    ))}
                </div>
            </div>
            {!(isAtBottom && isLive) && !view.isLoading.value && (
                <div class="timeline-to-bottom">
                    <IconButton icon="down" label={timeline.toBottom} onClick={onBottomButton} />
                    {roomView.unread > 0 && <span class="timeline-unread">{roomView.unread}</span>}
                </div>
            )}
        </div>
    );
}

interface LineProps {
    item: Item;
    room: Room;
    me: string;
    isDirect: boolean;
    target: string | undefined;
}

function Line({ item, room, me, isDirect, target }: LineProps): JSX.Element {
    if (item.kind === "day") return <DayLine at={item.at} itemKey={item.key} />;
    if (item.kind === "new") {
        return (
            <div class="timeline-new" role="separator" data-key={item.key}>
                {words.value.timeline.newMessages}
            </div>
        );
    }
    const { event, looks, startsGroup, endsGroup, isRead, key } = item;
    return (
        <EventLine
            event={event}
            room={room}
            isMine={event.getSender() === me}
            looks={looks}
            itemKey={key}
            startsGroup={startsGroup}
            endsGroup={endsGroup}
            isRead={isRead}
            isDirect={isDirect}
            isTarget={target !== undefined && event.getId() === target}
        />
    );
}

function newest(items: readonly Item[]): MatrixEvent | null {
    const last = items.findLast((item) => item.kind === "event" && !item.event.status);
    return last?.kind === "event" ? last.event : null;
}

/** The arrow keys go from message to message, once the conversation or a message has the focus. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const lines = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-event]")];
    const at = lines.indexOf(document.activeElement as HTMLElement);
    const to = at === -1 ? lines.length - 1 : at + (event.key === "ArrowUp" ? -1 : 1);
    const line = lines[to];
    if (!line) return;
    event.preventDefault();
    line.focus();
    line.scrollIntoView({ block: "nearest" });
}

/** A message that is not in the room's own conversation is in a thread, or nowhere. */
async function goElsewhere(client: MatrixClient, room: Room, eventId: string): Promise<void> {
    const threadId = (await oneEvent(client, room, eventId))?.threadRootId;
    if (threadId)
        navigate(
            { name: "chat", parts: [room.roomId], query: { panel: "thread", thread: threadId } },
            { replace: true },
        );
    else toast(words.value.timeline.replyGone, { isWrong: true });
}

/** Go to one message of a conversation. */
export function goToMessage(roomId: string, eventId: string): void {
    location.hash = chatAddress(roomId, eventId);
}
