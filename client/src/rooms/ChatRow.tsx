import type { JSX } from "preact";
import { chatAddress } from "../app/route";
import { draftOf } from "../compose/drafts";
import { Avatar } from "../design/Avatar";
import { Icon } from "../design/Icon";
import { openMenu } from "../design/Menu";
import { memo } from "../design/memo";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { iconOf, type RoomView } from "../matrix/roomView";
import { previewOf } from "../timeline/registry";
import { language, words } from "../words";
import { chatMenu } from "./chatMenu";
import { shortTime } from "./times";
import "./ChatRow.css";

/** In pixels: 72 hold two lines, and a finger. */
export const ROW_HEIGHT = 72;

/** One chat in the list. */
export const ChatRow = memo(({ view, isOpen }: { view: RoomView; isOpen: boolean }): JSX.Element => {
    const matrix = useMatrix();
    const { rooms } = words.value;
    const isUnread = view.unread > 0 || view.isMarkedUnread;
    return (
        <a
            class={`chat-row ${isOpen ? "chat-row-open" : ""} ${isUnread ? "chat-row-unread" : ""}`}
            href={chatAddress(view.id)}
            aria-current={isOpen ? "page" : undefined}
            onContextMenu={(event) => openMenu(event, chatMenu(view, matrix))}
        >
            <Avatar
                name={view.name}
                id={view.partner ?? view.id}
                picture={view.picture}
                icon={iconOf(view)}
                size={52}
            />
            <span class="chat-row-first">
                {view.isEncrypted ? null : view.isOfficial ? (
                    <span class="chat-row-official" title={rooms.official}>
                        <Icon name="shield" size={15} />
                        <span class="unseen">{rooms.official}</span>
                    </span>
                ) : (
                    <span class="chat-row-kind" title={rooms.open}>
                        <Icon name="open" size={15} />
                    </span>
                )}
                <bdi class="chat-row-name one-line">{view.name}</bdi>
                {view.isPinned && (
                    <span class="chat-row-pin" title={rooms.pinned}>
                        <Icon name="pin" size={14} />
                    </span>
                )}
                <time class="chat-row-time" dateTime={new Date(view.lastAt).toISOString()}>
                    {shortTime(view.lastAt, language.value)}
                </time>
            </span>
            <span class="chat-row-second">
                <Second view={view} matrix={matrix} />
                {view.mentions > 0 && <Mark class="chat-row-mention" shown="@" said={rooms.mentions(view.mentions)} />}
                {view.unread > 0 ? (
                    <Mark
                        class="chat-row-count"
                        shown={view.unread > 999 ? "999+" : `${view.unread}`}
                        said={rooms.unread(view.unread)}
                    />
                ) : (
                    view.isMarkedUnread && <Mark class="chat-row-count chat-row-dot" shown="" said={rooms.markUnread} />
                )}
            </span>
        </a>
    );
});

function Second({ view, matrix }: { view: RoomView; matrix: Matrix }): JSX.Element {
    const { rooms } = words.value;
    const typing = matrix.rooms.typing(view.id).value;
    const draft = draftOf(view.id).value;
    if (view.membership === "invite") return <span class="chat-row-invited one-line">{rooms.invited}</span>;
    if (typing.length > 0) return <span class="chat-row-typing one-line">{rooms.isTyping([...typing])}</span>;
    if (draft.trim()) {
        return (
            <span class="chat-row-preview one-line">
                <span class="chat-row-draft">{rooms.draft}</span> <bdi>{draft}</bdi>
            </span>
        );
    }
    if (!view.last) return <span class="chat-row-preview one-line">{rooms.noMessages}</span>;
    return (
        <span class="chat-row-preview one-line">
            {sayer(view, matrix)}
            <bdi>{previewOf(view.last)}</bdi>
        </span>
    );
}

/** Who said the last thing, where that is not plain. */
function sayer(view: RoomView, matrix: Matrix): string {
    if (view.isSaved) return "";
    const sender = view.last?.getSender();
    if (sender === matrix.me) return `${words.value.common.you}: `;
    return view.partner || view.isOfficial ? "" : `${view.last?.sender?.name ?? sender ?? ""}: `;
}

/** A sign for who sees, and words for who listens. */
function Mark({ shown, said, ...rest }: { shown: string; said: string; class: string }): JSX.Element {
    return (
        <span class={rest.class}>
            <span aria-hidden="true">{shown}</span>
            <span class="unseen">{said}</span>
        </span>
    );
}
