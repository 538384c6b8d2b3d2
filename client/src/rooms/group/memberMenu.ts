import type { Room, RoomMember } from "matrix-js-sdk";
import { personEntries } from "../../app/parts";
import { ask } from "../../design/Dialog";
import type { MenuEntry } from "../../design/Menu";
import { trying } from "../../design/Toasts";
import type { Matrix } from "../../matrix/matrix";
import { words } from "../../words";
import { LEVELS, levelOf, mayOn, roleOf, rolesFor } from "./roles";

/** What this person may do with a member; nothing for most. */
export function memberMenu(room: Room, member: RoomMember, matrix: Matrix): MenuEntry[] {
    const { client, me } = matrix;
    const { people } = words.value;
    const { userId, name } = member;
    if (member.membership === "ban") {
        const act = (): void => void trying(client.unban(room.roomId, userId));
        return mayOn(room, "ban", me, userId) ? [{ label: people.unban, icon: "check", act }] : [];
    }
    const roles = rolesFor(room, me, userId).filter((role) => role !== roleOf(levelOf(room, userId)));
    const entries: MenuEntry[] = roles.map((role) => ({
        label: people.make[role],
        icon: "people",
        act: () => void trying(client.setPowerLevel(room.roomId, userId, LEVELS[role])),
    }));
    const question = { yes: people.remove, isDangerous: true };
    if (mayOn(room, "kick", me, userId)) {
        const act = (): Promise<unknown> => client.kick(room.roomId, userId);
        const asked = { ...question, title: people.removeTitle(name), text: people.removeMore, act };
        entries.push({ label: people.remove, icon: "leave", isDangerous: true, act: () => ask(asked) });
    }
    if (mayOn(room, "ban", me, userId)) {
        const act = (): Promise<unknown> => client.ban(room.roomId, userId);
        const asked = { ...question, title: people.banTitle(name), text: people.banMore, yes: people.ban, act };
        entries.push({ label: people.ban, icon: "close", isDangerous: true, act: () => ask(asked) });
    }
    return [...entries, ...personEntries({ userId, name, room }, matrix)];
}
