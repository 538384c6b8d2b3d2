import { EventType, type MatrixEvent, type Room } from "matrix-js-sdk";
import type { ComponentType } from "preact";
import { SAID } from "../matrix/roomView";
import { words } from "../words";

export interface TileProps {
    event: MatrixEvent;
    room: Room;
    isMine: boolean;
    /** It changes whenever the event looks different, so that a tile is drawn again. */
    looks: string;
}

/** Something small beside the time of a message, of any kind: a file in the folder `marks/` of any slice. */
export type Mark = ComponentType<{ event: MatrixEvent; looks: string }>;

const markFiles: Record<string, { default: Mark }> = import.meta.glob("../*/marks/*.tsx", { eager: true });

export function allMarks(): Mark[] {
    return Object.values(markFiles).map((file) => file.default);
}

/**
 * How one kind of event is shown. A file in the folder `tiles/` of any slice, with one or several of these as its
 * default export, adds a kind.
 */
export interface Tile {
    type: string;
    /** Of `m.room.message`; without one, for all that no other tile is for. */
    msgtype?: string;
    /** `bubble`: somebody says something. `notice`: something happened; small, in the middle. */
    shape: "bubble" | "notice";
    Tile: ComponentType<TileProps>;
    /** One line for the list of chats, replies and notifications. */
    preview: (event: MatrixEvent) => string;
    /**
     * Whether an event is for this tile whatever its type, deleted or encrypted or not. Such tiles are asked before the
     * others; their `type` is a name that no event has.
     */
    claims?: (event: MatrixEvent) => boolean;
    /** Whether an event of this type is worth showing at all. */
    isShown?: (event: MatrixEvent) => boolean;
}

const files: Record<string, { default: Tile | readonly Tile[] }> = import.meta.glob("../*/tiles/*.tsx", {
    eager: true,
});

let known: Map<string, Tile> | null = null;
let claiming: Tile[] = [];

/** The tile of an event; undefined for what is not shown. */
export function tileOf(event: MatrixEvent): Tile | undefined {
    known ??= learn();
    const claimed = claiming.find((tile) => tile.claims?.(event));
    if (claimed) return claimed;
    const type = event.getType();
    if (event.isRedacted()) return SPEAKS.has(type) ? known.get("redacted") : undefined;
    if (event.isDecryptionFailure() || type === EventType.RoomMessageEncrypted)
        return known.get(EventType.RoomMessageEncrypted);
    if (event.isRelation("m.replace")) return undefined;
    const tile = known.get(keyOf(type, event.getContent()["msgtype"])) ?? known.get(type);
    return tile?.isShown?.(event) === false ? undefined : tile;
}

function learn(): Map<string, Tile> {
    const tiles = Object.values(files).flatMap((file) => [file.default].flat());
    claiming = tiles.filter((tile) => tile.claims);
    return new Map(tiles.map((tile) => [keyOf(tile.type, tile.msgtype), tile]));
}

/** What is left of these when they are deleted is worth a line. */
const SPEAKS: ReadonlySet<string> = SAID;

function keyOf(type: string, msgtype: unknown): string {
    return typeof msgtype === "string" ? `${type} ${msgtype}` : type;
}

/** An event in one line. */
export function previewOf(event: MatrixEvent): string {
    return tileOf(event)?.preview(event) ?? words.value.timeline.unsupported;
}
