import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { trying } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { hidesTyping } from "../matrix/privacy";
import type { RoomView } from "../matrix/roomView";
import { previewOf } from "../timeline/registry";
import { bodyOf } from "../timeline/tiles/text";
import { words } from "../words";
import { useCompletion } from "./Completion";
import { contentOf, isText } from "./content";
import { draftOf } from "./drafts";
import { peopleIn } from "./mentions";
import { composeParts, scopeOf } from "./parts";
import { type Target, targetOf } from "./target";
import "./Composer.css";

const MAX_CHARS = 20_000; // of 64 KiB that an event has, encrypted and with its HTML
const TYPING_MS = 8_000;

/** Where one writes. Enter sends, Shift and Enter begin a new line, the up arrow in an empty field changes the last message. */
export function Composer(props: { room: Room; view: RoomView; threadId?: string }): JSX.Element {
    const { room, view, threadId = null } = props;
    const matrix = useMatrix();
    const { compose } = words.value;
    const field = useRef<HTMLTextAreaElement>(null);
    const scope = scopeOf(room, threadId);
    const draft = draftOf(scope);
    const target = targetOf(scope);
    useEffect(() => {
        if (matchMedia("(hover: hover)").matches) field.current?.focus();
    }, []);
    useEffect(() => {
        if (!target.value) return;
        if (target.value.kind === "edit") draft.value = bodyOf(target.value.event);
        field.current?.focus();
    }, [target.value, target, draft]);
    useLayoutEffect(() => grow(field.current), [draft.value]);
    const completion = useCompletion(field, draft.value, room, matrix.me, (text, caret) => {
        if (field.current) field.current.value = text; // at once: the next letter stands where it is typed
        field.current?.setSelectionRange(caret, caret);
        draft.value = text;
    });
    if (!room.maySendMessage()) return <p class="composer-closed">{compose.notAllowed}</p>;
    const stop = (): void => {
        if (target.value?.kind === "edit") draft.value = "";
        target.value = null;
    };
    const send = (): void => {
        const typed = draft.value.trim();
        if (!typed) return;
        void sendText(matrix, room, threadId, typed, target.value);
        draft.value = "";
        target.value = null;
        field.current?.focus();
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        if (event.isComposing) return; // Enter ends a word of an input method
        if (completion.onKeyDown(event)) return;
        if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
            event.preventDefault();
            send();
        } else if (event.key === "Escape" && target.value) {
            stop();
        } else if (event.key === "ArrowUp" && !draft.value) {
            const mine = lastOfMine(room, threadId, matrix.me);
            if (!mine) return;
            event.preventDefault();
            target.value = { kind: "edit", event: mine };
        }
    };
    return (
        <div class="composer">
            {target.value && <Aim target={target.value} onStop={stop} />}
            {composeParts("above").map(({ Part }, i) => (
                <Part key={i} room={room} view={view} threadId={threadId} />
            ))}
            {completion.popup}
            <div class="composer-row">
                {composeParts("start").map(({ Part }, i) => (
                    <Part key={i} room={room} view={view} threadId={threadId} />
                ))}
                <span
                    class="composer-kind"
                    title={view.isEncrypted ? words.value.rooms.encrypted : words.value.rooms.open}
                >
                    <Icon name={view.isEncrypted ? "lock" : "open"} size={18} />
                </span>
                <textarea
                    ref={field}
                    class="scrolls"
                    rows={1}
                    dir="auto"
                    maxLength={MAX_CHARS}
                    value={draft.value}
                    aria-label={view.isEncrypted ? compose.writeEncrypted : compose.writeOpen}
                    placeholder={view.isEncrypted ? compose.writeEncrypted : compose.writeOpen}
                    enterkeyhint="send"
                    {...completion.aria}
                    onInput={(event) => {
                        draft.value = event.currentTarget.value;
                        tellTyping(matrix, room.roomId, draft.value !== "");
                    }}
                    onKeyDown={onKeyDown}
                />
                {composeParts("end").map(({ Part }, i) => (
                    <Part key={i} room={room} view={view} threadId={threadId} />
                ))}
                <IconButton
                    icon={target.value?.kind === "edit" ? "check" : "send"}
                    label={target.value?.kind === "edit" ? compose.save : compose.send}
                    class="composer-send"
                    disabled={!draft.value.trim()}
                    onClick={send}
                />
            </div>
        </div>
    );
}

/** What is answered or changed. */
function Aim({ target, onStop }: { target: Target; onStop: () => void }): JSX.Element {
    const { compose } = words.value;
    const name = target.event.sender?.name ?? target.event.getSender() ?? "";
    return (
        <div class="composer-aim">
            <Icon name={target.kind === "edit" ? "edit" : "reply"} />
            <span class="composer-aim-text">
                <strong class="one-line">{target.kind === "edit" ? compose.editing : compose.replyingTo(name)}</strong>
                <bdi class="one-line">{previewOf(target.event)}</bdi>
            </span>
            <IconButton icon="close" label={compose.stop} onClick={onStop} />
        </div>
    );
}

/** A message that cannot be sent now stays in the room and says so; it is sent again when there is a connection. */
async function sendText(
    matrix: Matrix,
    room: Room,
    threadId: string | null,
    typed: string,
    target: Target | null,
): Promise<void> {
    tellTyping(matrix, room.roomId, false);
    const content = await trying(contentOf(typed, target, peopleIn(room, matrix.me)));
    if (content)
        await matrix.client
            .sendMessage(room.roomId, threadId, content)
            .catch((error: unknown) => console.warn("Not sent", error));
}

let toldAt = 0;

function tellTyping({ client }: Matrix, roomId: string, isTyping: boolean): void {
    if (isTyping && hidesTyping.value) return;
    const now = Date.now();
    if (isTyping ? now - toldAt < TYPING_MS / 2 : toldAt === 0) return;
    toldAt = isTyping ? now : 0;
    client.sendTyping(roomId, isTyping, TYPING_MS).catch(() => undefined); // others see a little less
}

function lastOfMine(room: Room, threadId: string | null, me: string): Target["event"] | undefined {
    const events = (threadId ? room.getThread(threadId)?.liveTimeline : room.getLiveTimeline())?.getEvents() ?? [];
    return events.findLast(
        (event) => event.getSender() === me && !event.isRedacted() && !event.isRelation("m.replace") && isText(event),
    );
}

function isTouch(): boolean {
    return matchMedia("(hover: none)").matches;
}

/** As high as its text, up to a limit in the style. */
function grow(field: HTMLTextAreaElement | null): void {
    if (!field || CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
}
