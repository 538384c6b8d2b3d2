import type { ComponentType } from "preact";
import type { TileProps } from "./registry";

/** Something that stands below the bubble of a message, or nothing. A file in the folder `eventParts/` of any slice adds one. */
export interface EventPart {
    order: number;
    Part: ComponentType<TileProps>;
}

const files: Record<string, { default: EventPart }> = import.meta.glob("../*/eventParts/*.tsx", { eager: true });

let known: EventPart[] | null = null;

export function eventParts(): readonly EventPart[] {
    known ??= Object.values(files)
        .map((file) => file.default)
        .sort((one, other) => one.order - other.order);
    return known;
}
