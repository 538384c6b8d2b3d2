import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { chatAddress, route } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Icon } from "../design/Icon";
import { Spinner } from "../design/Spinner";
import type { Session } from "../session/kept";
import { language, words } from "../words";
import { ROW_HEIGHT } from "./ChatRow";
import { readSnapshot, type Seen } from "./snapshot";
import { shortTime } from "./times";
import "./ChatList.css";
import "./ChatRow.css";

/** The list as it was, while it is opened. Its links lead to their chats as soon as these are there. */
export function EarlyList({ session, children }: { session: Session; children: JSX.Element }): JSX.Element {
    const [seen, setSeen] = useState<readonly Seen[]>([]);
    useEffect(() => void readSnapshot(session).then(setSeen), [session]);
    const { rooms, session: said } = words.value;
    if (seen.length === 0) return children;
    return (
        <div class={`shell ${route.value.name === "chats" ? "shell-at-list" : "shell-at-place"}`}>
            <nav class="shell-list chat-list" aria-label={said.opening} aria-busy="true">
                <header class="chat-list-head chat-list-early-head">
                    <Spinner label={said.opening} />
                    <h1>{rooms.chats}</h1>
                </header>
                <div class="chat-list-early">
                    {seen.map((each) => (
                        <div key={each.id} style={{ height: `${ROW_HEIGHT}px` }}>
                            <EarlyRow seen={each} />
                        </div>
                    ))}
                </div>
            </nav>
            <main class="shell-place">{children}</main>
        </div>
    );
}

function EarlyRow({ seen }: { seen: Seen }): JSX.Element {
    return (
        <a class={seen.unread > 0 ? "chat-row chat-row-unread" : "chat-row"} href={chatAddress(seen.id)}>
            <Avatar name={seen.name} id={seen.colour} picture={seen.picture} icon={seen.icon} size={52} />
            <span class="chat-row-first">
                {!seen.isEncrypted && (
                    <span class="chat-row-kind" title={words.value.rooms.open}>
                        <Icon name="open" size={15} />
                    </span>
                )}
                <bdi class="chat-row-name one-line">{seen.name}</bdi>
                <time class="chat-row-time" dateTime={new Date(seen.lastAt).toISOString()}>
                    {shortTime(seen.lastAt, language.value)}
                </time>
            </span>
            <span class="chat-row-second">
                <span class="chat-row-preview one-line">
                    <bdi>{seen.preview}</bdi>
                </span>
                {seen.unread > 0 && <span class="chat-row-count">{seen.unread > 999 ? "999+" : seen.unread}</span>}
            </span>
        </a>
    );
}
