import type { Room, RoomMember } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Panel } from "../../app/parts";
import { Avatar } from "../../design/Avatar";
import { IconButton } from "../../design/Button";
import { Field } from "../../design/Field";
import { openMenu } from "../../design/Menu";
import { Spinner } from "../../design/Spinner";
import { VirtualList } from "../../design/VirtualList";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { useMembersOf } from "../group/changes";
import { memberMenu } from "../group/memberMenu";
import { levelOf, mayOn, roleOf } from "../group/roles";
import "./members.css";

const ROW_HEIGHT = 60;

function Members({ roomId }: { roomId: string }): JSX.Element | null {
    const room = useMatrix().rooms.room(roomId);
    return room && <MembersOf key={roomId} room={room} />;
}

/** Who is in a group and what they are in it, the most powerful first; only those in sight are drawn. */
function MembersOf({ room }: { room: Room }): JSX.Element {
    const matrix = useMatrix();
    const { people, common } = words.value;
    const [wish, setWish] = useState("");
    const state = useMembersOf(room);
    const shown = members(room, matrix.me, wish.trim().toLocaleLowerCase());
    return (
        <div class="members">
            <Field label={people.findMember} value={wish} onInput={setWish} kind="search" />
            {state === "loading" && <Spinner label={common.loading} />}
            {state === "failed" && <p role="alert">{common.somethingBroke}</p>}
            {state === "loaded" && shown.length === 0 && <p role="status">{people.noMember}</p>}
            <VirtualList
                items={shown}
                rowHeight={ROW_HEIGHT}
                keyOf={({ userId }) => userId}
                label={people.members}
                draw={(member) => <Member room={room} member={member} looks={looksOf(room, member, matrix.me)} />}
            />
        </div>
    );
}

/** The SDK changes members in place: a row is drawn again when this differs. */
function looksOf(room: Room, { name, membership, powerLevel }: RoomMember, me: string): string {
    return `${membership} ${powerLevel} ${levelOf(room, me)} ${name}`;
}

function Member({ room, member }: { room: Room; member: RoomMember; looks: string }): JSX.Element {
    const matrix = useMatrix();
    const { people } = words.value;
    const entries = memberMenu(room, member, matrix);
    const role = people.role[roleOf(member.powerLevel)];
    const waits = member.membership === "invite" ? people.waiting : member.membership === "ban" ? people.banned : null;
    return (
        <div class="member">
            <Avatar name={member.name} id={member.userId} picture={member.getMxcAvatarUrl() ?? null} size={40} />
            <span class="member-names" title={member.userId}>
                <bdi class="one-line">{member.name}</bdi>
                <span class="member-role one-line">{waits ?? role}</span>
            </span>
            {entries.length > 0 && (
                <IconButton
                    icon="more"
                    label={people.whatWith(member.name)}
                    hasMenu
                    onClick={(event) => openMenu(event, entries)}
                />
            )}
        </div>
    );
}

function members(room: Room, me: string, wish: string): RoomMember[] {
    return room
        .getMembers()
        .filter(({ membership, userId }) => {
            return (
                membership === "join" ||
                membership === "invite" ||
                (membership === "ban" && mayOn(room, "ban", me, userId))
            );
        })
        .filter(({ name, userId }) => `${name} ${userId}`.toLocaleLowerCase().includes(wish))
        .sort((one, other) => rank(room, one) - rank(room, other) || one.name.localeCompare(other.name));
}

function rank(room: Room, { userId, membership }: RoomMember): number {
    if (membership === "ban") return 5;
    if (membership === "invite") return 4;
    return ["owner", "administrator", "moderator", "member"].indexOf(roleOf(levelOf(room, userId)));
}

export default { name: "members", title: () => words.value.people.members, Panel: Members } satisfies Panel;
