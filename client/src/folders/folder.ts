import type { RoomView } from "../matrix/roomView";

/** A part of the list of chats: a tag of one's own (Client-Server API, "Room Tagging": `u.*`), or a space. Pure. */
export interface Folder {
    /** The tag, or the ID of the space. */
    id: string;
    name: string;
    isSpace: boolean;
    chats: ReadonlySet<string>;
    /** Messages in it that somebody wants to know of; a chat marked as unread counts as one. */
    unread: number;
    mentions: number;
}

const OWN = "u.";
/** "Room Tagging": a tag has no more than 255 bytes. */
const MAX_BYTES = 255;

/** The tag of a folder of this name; null for a name that cannot be one. */
export function tagOf(name: string): string | null {
    const tag = OWN + name.trim().replace(/\s+/g, " ");
    return tag === OWN || new TextEncoder().encode(tag).length > MAX_BYTES ? null : tag;
}

export function nameOf(tag: string): string {
    return tag.slice(OWN.length);
}

/** The folders' tags that a chat has. */
export function tagsOf({ tags }: RoomView): string[] {
    return tags.split("\n").filter((tag) => tag.length > OWN.length && tag.startsWith(OWN));
}

/** Folders of tags in the order that was kept, others after them; then spaces. `children`: of each space. */
export function foldersOf(
    chats: readonly RoomView[],
    kept: readonly string[],
    spaces: readonly RoomView[],
    children: (spaceId: string) => readonly string[],
): Folder[] {
    const inTags = new Map<string, RoomView[]>(kept.map((tag) => [tag, []]));
    const found = new Map<string, RoomView[]>();
    for (const view of chats) {
        for (const tag of tagsOf(view)) {
            const group = inTags.get(tag) ?? found.get(tag) ?? [];
            if (!inTags.has(tag)) found.set(tag, group);
            group.push(view);
        }
    }
    const others = [...found].sort(([one], [other]) => one.localeCompare(other));
    const byId = new Map(chats.map((view) => [view.id, view]));
    return [
        ...[...inTags, ...others].map(([tag, views]) => folder(tag, nameOf(tag), false, views)),
        ...spaces
            .filter(({ membership }) => membership === "join")
            .map(({ id, name }) => {
                const below = [...roomsBelow(id, children)].flatMap((roomId) => byId.get(roomId) ?? []);
                return folder(id, name, true, below);
            })
            .filter((each) => each.chats.size > 0),
    ];
}

function folder(id: string, name: string, isSpace: boolean, views: readonly RoomView[]): Folder {
    const shown = views.filter(({ isArchived }) => !isArchived);
    return {
        id,
        name,
        isSpace,
        chats: new Set(views.map((view) => view.id)),
        unread: shown.reduce((sum, { unread, isMarkedUnread }) => sum + (unread || Number(isMarkedUnread)), 0),
        mentions: shown.reduce((sum, { mentions }) => sum + mentions, 0),
    };
}

/** Spaces may be in spaces, and in themselves. */
function roomsBelow(spaceId: string, children: (spaceId: string) => readonly string[]): Set<string> {
    const found = new Set<string>();
    const left = [spaceId];
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
        for (const child of children(id)) {
            if (found.has(child)) continue;
            found.add(child);
            left.push(child);
        }
    }
    return found;
}
