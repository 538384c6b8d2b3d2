import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { chatAddress, route } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Button } from "../design/Button";
import { Spinner } from "../design/Spinner";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { iconOf } from "../matrix/roomView";
import { shortTime } from "../rooms/times";
import { language, words } from "../words";
import type { Hit } from "./messageIndex";
import { coverage } from "./onDevice";
import { markedIn, type Wanted, wantedIn } from "./terms";
import { isEnough, useMessages } from "./useMessages";
import "./Messages.css";

const FIRST = 20;
const MORE = 40;
/** What stands before the word that was found. */
const BEFORE_CHARS = 30;
const SHOWN_CHARS = 200;

/** Messages with the words that somebody looks for, each the way to where it was said. In one chat, or in all. */
export function Messages({ wish, roomId = null }: { wish: string; roomId?: string | null }): JSX.Element | null {
    const matrix = useMatrix();
    const { find, common } = words.value;
    const [asked, ask] = useState({ limit: FIRST, attempt: 0, wish });
    const limit = asked.wish === wish ? asked.limit : FIRST;
    const { hits, isMore, isLoading, isWrong } = useMessages(wish, roomId, limit, asked.attempt);
    if (!isEnough(wish)) return roomId === null ? null : <p class="messages-found-state">{find.moreLetters}</p>;
    const wanted = wantedIn(wish);
    return (
        <section class="messages-found">
            {roomId === null && <h2>{find.messages}</h2>}
            {hits.length > 0 && (
                <ul aria-label={find.messages}>
                    {hits.map((hit) => (
                        <li key={hit.id}>
                            <Found hit={hit} wanted={wanted} matrix={matrix} isInChat={roomId !== null} />
                        </li>
                    ))}
                </ul>
            )}
            <div class="messages-found-state" role="status">
                {isLoading && <Spinner label={common.loading} />}
                {!isLoading && hits.length === 0 && !isWrong && find.noMessages}
                {isWrong && <span>{find.wrong}</span>}
            </div>
            {isWrong && (
                <div class="messages-found-act">
                    <Button onClick={() => ask({ limit, attempt: asked.attempt + 1, wish })}>{common.again}</Button>
                </div>
            )}
            {isMore && !isLoading && (
                <div class="messages-found-act">
                    <Button onClick={() => ask({ limit: limit + MORE, attempt: asked.attempt, wish })}>
                        {find.more}
                    </Button>
                </div>
            )}
            <Covered matrix={matrix} roomId={roomId} />
        </section>
    );
}

function Found(props: { hit: Hit; wanted: readonly Wanted[]; matrix: Matrix; isInChat: boolean }): JSX.Element | null {
    const { hit, wanted, matrix, isInChat } = props;
    const view = matrix.rooms.view(hit.roomId)?.value;
    if (!view) return null;
    const member = matrix.rooms.room(hit.roomId)?.getMember(hit.by);
    const sender = hit.by === matrix.me ? words.value.common.you : (member?.name ?? hit.by);
    const isOpen = route.value.parts[1] === hit.id;
    return (
        <a
            class={isOpen ? "message-found message-found-open" : "message-found"}
            href={isInChat ? inChat(hit) : chatAddress(hit.roomId, hit.id)}
            aria-current={isOpen ? "page" : undefined}
        >
            {isInChat ? (
                <Avatar name={sender} id={hit.by} picture={member?.getMxcAvatarUrl()} size={40} />
            ) : (
                <Avatar
                    name={view.name}
                    id={view.partner ?? view.id}
                    picture={view.picture}
                    icon={iconOf(view)}
                    size={40}
                />
            )}
            <span class="message-found-text">
                <span class="message-found-head">
                    <bdi class="one-line">{isInChat ? sender : view.name}</bdi>
                    <time dateTime={new Date(hit.at).toISOString()}>{shortTime(hit.at, language.value)}</time>
                </span>
                <span class="message-found-said">
                    {!isInChat && !view.isSaved && (!view.partner || hit.by === matrix.me) && `${sender}: `}
                    <bdi>
                        {snippet(hit.text, wanted).map(({ text, isHit }, i) =>
                            isHit ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
                        )}
                    </bdi>
                </span>
            </span>
        </a>
    );
}

/** The conversation goes there, and the search stays beside it, where there is room for both. */
function inChat({ roomId, id }: Hit): string {
    if (matchMedia("(max-width: 68rem)").matches) return chatAddress(roomId, id);
    return `${chatAddress(roomId, id)}?${new URLSearchParams({ panel: "find", for: route.value.query.get("for") ?? "" })}`;
}

/** The part of a text where it is found. */
function snippet(text: string, wanted: readonly Wanted[]): { text: string; isHit: boolean }[] {
    const pieces = markedIn(text.replace(/\s+/g, " "), wanted);
    const first = pieces.findIndex(({ isHit }) => isHit);
    if (first === -1) return [{ text: text.slice(0, SHOWN_CHARS), isHit: false }];
    const before = pieces
        .slice(0, first)
        .map((piece) => piece.text)
        .join("");
    const start =
        before.length > BEFORE_CHARS ? `…${before.slice(before.length - BEFORE_CHARS).replace(/^\S*\s/, "")}` : before;
    const after = pieces.slice(first);
    let left = SHOWN_CHARS;
    const shown = after.flatMap((piece) => {
        const cut = { ...piece, text: piece.text.slice(0, Math.max(0, left)) };
        left -= piece.text.length;
        return cut.text ? [cut] : [];
    });
    return start ? [{ text: start, isHit: false }, ...shown] : shown;
}

/** Which encrypted messages are found: this device has to have read them. */
function Covered({ matrix, roomId }: { matrix: Matrix; roomId: string | null }): JSX.Element | null {
    const { find } = words.value;
    const view = roomId === null ? null : matrix.rooms.view(roomId)?.value;
    const covered = coverage(roomId);
    if (!covered || view?.isEncrypted === false) return null;
    const day = new Intl.DateTimeFormat(language.value, { dateStyle: "long" });
    const all = roomId === null ? find.allCovered : find.chatCovered;
    const since = covered.since === null ? all : find.coveredSince(day.format(covered.since));
    return (
        <p class="messages-found-covered">
            {since}
            {covered.isReading && ` ${find.reading}`}
            {covered.missing > 0 && ` ${find.unreadable(covered.missing)}`}
        </p>
    );
}
