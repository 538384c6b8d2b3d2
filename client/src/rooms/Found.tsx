import type { IPublicRoomsChunkRoom } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { chatAddress, navigate } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { Messages } from "../find/Messages";
import { beginDirectChat } from "../matrix/direct";
import { type Matrix, useMatrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";
import { whyNotInvited } from "../people/invitedBy";
import { words } from "../words";
import { moveAmongRows } from "./arrowKeys";
import { ChatRow, ROW_HEIGHT } from "./ChatRow";
import { findPeople, nameOf, type Person } from "./findPeople";
import "./Found.css";

interface Outside {
    people: Person[];
    groups: IPublicRoomsChunkRoom[];
}

const TYPED_MS = 200;
const MOST = 20;

/** What a search finds: chats that are there, then people and public groups that this person has nothing of yet. */
export function Found({ wish, chats }: { wish: string; chats: readonly RoomView[] }): JSX.Element {
    const matrix = useMatrix();
    const { rooms, search, common } = words.value;
    const [outside, setOutside] = useState<Outside | "loading" | "failed">("loading");
    useEffect(() => {
        let isStale = false;
        const show = (found: Outside | "failed"): void => void (isStale || setOutside(found));
        setOutside("loading");
        const timer = setTimeout(() => look(matrix, wish).then(show, () => show("failed")), TYPED_MS);
        return () => {
            isStale = true;
            clearTimeout(timer);
        };
    }, [wish, matrix]);
    const known = typeof outside === "string" ? null : outside;
    const people = known?.people.filter(({ user_id: userId }) => !matrix.rooms.directChatWith(userId)) ?? [];
    const groups = known?.groups.filter(({ room_id: roomId }) => !isKnown(matrix, roomId)) ?? [];
    return (
        <div class="found scrolls" onKeyDown={moveAmongRows}>
            <Section title={rooms.chats} count={chats.length}>
                {chats.slice(0, MOST).map((view) => (
                    <li key={view.id} style={{ height: `${ROW_HEIGHT}px` }}>
                        <ChatRow view={view} isOpen={false} />
                    </li>
                ))}
            </Section>
            <Section title={search.people} count={people.length}>
                {people.map((person) => (
                    <li key={person.user_id}>
                        <button
                            type="button"
                            class="found-row"
                            aria-label={rooms.startChat(nameOf(person))}
                            onClick={() => void write(matrix, person.user_id)}
                        >
                            <Avatar name={nameOf(person)} id={person.user_id} picture={person.avatar_url} size={40} />
                            <Names name={nameOf(person)} more={person.user_id} />
                        </button>
                    </li>
                ))}
            </Section>
            <Section title={search.publicGroups} count={groups.length}>
                {groups.map((group) => (
                    <li key={group.room_id}>
                        <a class="found-row" href={chatAddress(group.room_id)}>
                            <Avatar
                                name={group.name ?? group.room_id}
                                id={group.room_id}
                                picture={group.avatar_url}
                                size={40}
                            />
                            <Names
                                name={group.name ?? group.canonical_alias ?? group.room_id}
                                more={rooms.members(group.num_joined_members)}
                            />
                        </a>
                    </li>
                ))}
            </Section>
            <div class="found-state" role="status">
                {outside === "loading" && <Spinner label={common.loading} />}
                {outside === "failed" && search.wrong}
                {known !== null && chats.length + people.length + groups.length === 0 && search.nothing}
            </div>
            <Messages wish={wish} />
        </div>
    );
}

function Section({
    title,
    count,
    children,
}: {
    title: string;
    count: number;
    children: JSX.Element[];
}): JSX.Element | null {
    if (count === 0) return null;
    return (
        <section>
            <h2>{title}</h2>
            <ul aria-label={title}>{children}</ul>
        </section>
    );
}

function Names({ name, more }: { name: string; more: string }): JSX.Element {
    return (
        <span class="found-names">
            <bdi class="one-line">{name}</bdi>
            <bdi class="found-more one-line">{more}</bdi>
        </span>
    );
}

function isKnown({ rooms }: Matrix, roomId: string): boolean {
    return ["join", "invite"].includes(rooms.view(roomId)?.peek().membership ?? "");
}

async function look(matrix: Matrix, wish: string): Promise<Outside> {
    const [people, { chunk: groups }] = await Promise.all([
        findPeople(matrix, wish),
        matrix.client.publicRooms({ limit: MOST, filter: { generic_search_term: wish } }),
    ]);
    return { people, groups };
}

async function write({ client }: Matrix, userId: string): Promise<void> {
    const roomId = await trying(beginDirectChat(client, userId), whyNotInvited);
    if (roomId) navigate({ name: "chat", parts: [roomId] });
}
