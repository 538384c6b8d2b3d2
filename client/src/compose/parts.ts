import type { Room } from "matrix-js-sdk";
import type { ComponentType } from "preact";
import type { RoomView } from "../matrix/roomView";

export interface ComposePartProps {
    room: Room;
    view: RoomView;
    /** The thread that is written to; null for the room itself. */
    threadId: string | null;
}

/** Something beside the field of a message: a button, or more. A file in the folder `composeParts/` of any slice adds some. */
export interface ComposePart {
    order: number;
    /** `start`: before the field. `end`: after it, ahead of the button that sends. `above`: over both, as wide as they are. */
    side: "start" | "end" | "above";
    Part: ComponentType<ComposePartProps>;
}

const files: Record<string, { default: ComposePart | readonly ComposePart[] }> = import.meta.glob(
    "../*/composeParts/*.tsx",
    { eager: true },
);

export function composeParts(side: ComposePart["side"]): ComposePart[] {
    const parts = Object.values(files).flatMap((file) => [file.default].flat());
    return parts.filter((part) => part.side === side).sort((one, other) => one.order - other.order);
}

/** What a draft, and what it answers, belong to: a room, or a thread in it. */
export function scopeOf(room: Room, threadId: string | null): string {
    return threadId ? `${room.roomId} ${threadId}` : room.roomId;
}
