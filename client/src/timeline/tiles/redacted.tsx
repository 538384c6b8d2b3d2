import type { MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { words } from "../../words";
import type { Tile, TileProps } from "../registry";
import "./redacted.css";

/** What is left of a deleted message: that it was there, and who deleted it where that was not its sender. */
function Redacted({ event }: TileProps): JSX.Element {
    return (
        <span class="redacted">
            <Icon name="trash" size={15} />
            <bdi>{said(event)}</bdi>
        </span>
    );
}

function said(event: MatrixEvent): string {
    const because = event.getUnsigned()["redacted_because"];
    const by = because?.sender;
    const { timeline } = words.value;
    if (!by || by === event.getSender()) return timeline.deleted;
    const name = event.sender && by === event.sender.userId ? event.sender.name : by;
    const reason: unknown = because?.content?.["reason"];
    return timeline.deletedBy(name, typeof reason === "string" ? reason.slice(0, 200) : "");
}

export default {
    type: "redacted",
    shape: "bubble",
    Tile: Redacted,
    preview: said,
} satisfies Tile;
