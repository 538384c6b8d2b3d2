import { chatEntries } from "../app/parts";
import { navigate, route } from "../app/route";
import { ask } from "../design/Dialog";
import type { MenuEntry } from "../design/Menu";
import { trying } from "../design/Toasts";
import type { Matrix } from "../matrix/matrix";
import { ARCHIVED, PINNED, type RoomView } from "../matrix/roomView";
import { markUpTo } from "../timeline/reading";
import { words } from "../words";

/** What one can do with a chat, from its row or its header. */
export function chatMenu(view: RoomView, matrix: Matrix): MenuEntry[] {
    const { rooms } = words.value;
    const { client } = matrix;
    if (view.membership === "invite") return [];
    const tag = (name: string, isThere: boolean): void => {
        void trying(isThere ? client.deleteRoomTag(view.id, name) : client.setRoomTag(view.id, name, { order: 0.5 }));
    };
    const isUnread = view.unread > 0 || view.isMarkedUnread;
    return [
        { label: view.isPinned ? rooms.unpin : rooms.pin, icon: "pin", act: () => tag(PINNED, view.isPinned) },
        {
            label: isUnread ? rooms.markRead : rooms.markUnread,
            icon: "bell",
            act: () => void trying(isUnread ? markRead(view, matrix) : markUnread(view.id, matrix, true)),
        },
        {
            label: view.isArchived ? rooms.unarchive : rooms.archive,
            icon: "archive",
            act: () => tag(ARCHIVED, view.isArchived),
        },
        ...chatEntries(view, matrix),
        ...(view.isOfficial ? [] : [leaveEntry(view, matrix)]),
    ];
}

function leaveEntry(view: RoomView, matrix: Matrix): MenuEntry {
    return { label: words.value.rooms.leave, icon: "leave", isDangerous: true, act: () => leave(view, matrix) };
}

/** Everything in this chat has been read. */
export async function markRead(view: RoomView, matrix: Matrix): Promise<void> {
    if (view.isMarkedUnread) await markUnread(view.id, matrix, false);
    const newest = matrix.rooms.room(view.id)?.getLiveTimeline().getEvents().at(-1);
    if (newest) await markUpTo(matrix.client, view.id, newest);
}

async function markUnread(roomId: string, { client }: Matrix, unread: boolean): Promise<void> {
    await client.setRoomAccountData(roomId, "m.marked_unread", { unread });
}

function leave(view: RoomView, { client }: Matrix): void {
    const { rooms } = words.value;
    ask({
        title: rooms.leaveTitle(view.name),
        text: rooms.leaveMore,
        yes: rooms.leave,
        isDangerous: true,
        act: async () => {
            await client.leave(view.id);
            await client.forget(view.id).catch((error: unknown) => console.warn("Left, and not forgotten", error));
            if (route.value.parts[0] === view.id) navigate({ name: "chats" });
        },
    });
}
