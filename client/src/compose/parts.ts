import type { Room } from "matrix-js-sdk";
import type { ComponentType } from "preact";
import type { RoomView } from "../matrix/roomView";

/** Something beside the field of a message: a button, or more. A file in the folder `composeParts/` of any slice adds one. */
export interface ComposePart {
    order: number;
    /** `start`: before the field. `end`: after it, ahead of the button that sends. `above`: over both, as wide as they are. */
    side: "start" | "end" | "above";
    Part: ComponentType<{ room: Room; view: RoomView }>;
}

const files: Record<string, { default: ComposePart }> = import.meta.glob("../*/composeParts/*.tsx", { eager: true });

export function composeParts(side: ComposePart["side"]): ComposePart[] {
    const parts = Object.values(files).map((file) => file.default);
    return parts.filter((part) => part.side === side).sort((one, other) => one.order - other.order);
}
