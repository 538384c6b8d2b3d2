import type { Room } from "matrix-js-sdk";
import type { ComponentType } from "preact";
import type { MenuEntry } from "../design/Menu";
import type { Matrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";

/** More that one can do with a chat, in the menu of its header. A file in the folder `chatEntries/` of any slice adds some. */
export interface ChatEntries {
    /** Smaller ones stand higher. */
    order: number;
    entries: (view: RoomView, matrix: Matrix) => MenuEntry[];
}

/** A strip between the header and the conversation, or nothing. A file in the folder `strips/` of any slice adds one. */
export type Strip = ComponentType<{ room: Room; view: RoomView }>;

const entryFiles: Record<string, { default: ChatEntries }> = import.meta.glob("../*/chatEntries/*.ts", { eager: true });
const stripFiles: Record<string, { default: Strip }> = import.meta.glob("../*/strips/*.tsx", { eager: true });

export function chatEntries(view: RoomView, matrix: Matrix): MenuEntry[] {
    return Object.values(entryFiles)
        .map((file) => file.default)
        .sort((one, other) => one.order - other.order)
        .flatMap((part) => part.entries(view, matrix));
}

export const strips: readonly Strip[] = Object.values(stripFiles).map((file) => file.default);
