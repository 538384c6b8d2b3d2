import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ClientEvent, EventType, type MatrixEvent, RoomStateEvent } from "matrix-js-sdk";
import type { Matrix } from "../matrix/matrix";
import { type Folder, foldersOf, tagOf } from "./folder";

/** In the account: the tags of one's folders, in their order; so an empty one is one, too, on every device. */
export const FOLDERS = "org.chappe.folders";

/** The folder that is shown; null: all chats. */
export const shownFolder = signal<string | null>(null);

/** The folders of whoever is logged in. One for each login: `foldersIn(matrix)`. */
export class Folders {
    private readonly changed = signal(0);

    readonly all: ReadonlySignal<readonly Folder[]>;

    constructor(private readonly matrix: Matrix) {
        const { client, rooms } = matrix;
        client.on(ClientEvent.AccountData, (event) => this.onEvent(event, FOLDERS));
        client.on(RoomStateEvent.Events, (event) => this.onEvent(event, EventType.SpaceChild));
        this.all = computed(() => {
            const kept = this.changed.value >= 0 ? this.kept() : [];
            return foldersOf(rooms.chats.value, kept, rooms.spaces.value, (spaceId) => this.childrenOf(spaceId));
        });
    }

    private onEvent(event: MatrixEvent, type: string): void {
        if (event.getType() === type) this.changed.value++;
    }

    private kept(): string[] {
        const tags: unknown = this.matrix.client.getAccountData(FOLDERS)?.getContent()["tags"];
        const known = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
        return [...new Set(known.filter((tag) => tag.startsWith("u.") && tag.length > 2))];
    }

    private childrenOf(spaceId: string): string[] {
        const state = this.matrix.rooms.room(spaceId)?.currentState.getStateEvents(EventType.SpaceChild) ?? [];
        return state
            .filter((event) => Array.isArray(event.getContent()["via"]))
            .map((event) => event.getStateKey() ?? "");
    }

    /** Make a folder, which may be there already. Returns its tag. */
    async create(name: string): Promise<string> {
        const tag = tagOf(name);
        if (!tag) throw new Error("No name for a folder");
        const kept = this.kept();
        if (!kept.includes(tag)) await this.keep([...kept, tag]);
        return tag;
    }

    async put(roomId: string, tag: string, isIn: boolean): Promise<void> {
        if (isIn) await this.matrix.client.setRoomTag(roomId, tag, {});
        else await this.matrix.client.deleteRoomTag(roomId, tag);
    }

    /** Done twice it does the rest: every chat has the new tag before it loses the old one. */
    async rename(before: string, name: string): Promise<void> {
        const tag = tagOf(name);
        if (!tag) throw new Error("No name for a folder");
        if (tag === before) return;
        const kept = this.kept();
        const after = kept.includes(before) ? kept : [...kept, before];
        await this.keep([...new Set(after.flatMap((each) => (each === before ? [tag, before] : [each])))]);
        for (const roomId of this.roomsWith(before)) {
            await this.put(roomId, tag, true);
            await this.put(roomId, before, false);
        }
        await this.keep(this.kept().filter((each) => each !== before));
        if (shownFolder.peek() === before) shownFolder.value = tag;
    }

    /** The folder goes, its chats stay. */
    async remove(tag: string): Promise<void> {
        for (const roomId of this.roomsWith(tag)) await this.put(roomId, tag, false);
        await this.keep(this.kept().filter((each) => each !== tag));
        if (shownFolder.peek() === tag) shownFolder.value = null;
    }

    private roomsWith(tag: string): string[] {
        return this.matrix.client.getRooms().flatMap((room) => (tag in room.tags ? [room.roomId] : []));
    }

    private async keep(tags: readonly string[]): Promise<void> {
        await this.matrix.client.setAccountData(FOLDERS, { tags: [...tags] });
    }
}

const all = new WeakMap<Matrix, Folders>();

export function foldersIn(matrix: Matrix): Folders {
    let folders = all.get(matrix);
    if (!folders) {
        folders = new Folders(matrix);
        all.set(matrix, folders);
    }
    return folders;
}
