import type { MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { SAID } from "../../matrix/roomView";
import { titleOf } from "../../session/restrictionWords";
import type { Tile, TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { Reasons } from "../Reasons";
import { restrictionOf } from "../restricted";
import "./restricted.css";

/** In the place of a message that is removed or withheld: that it is so, why, where, and how that can be contested. */
function Placeholder({ event, isMine }: TileProps): JSX.Element | null {
    const restriction = restrictionOf(event);
    if (!restriction) return null;
    return (
        <div class="restricted">
            <p class="restricted-head">
                <Icon name="shield" size={16} />
                <strong>{titleOf(restriction)}</strong>
            </p>
            <Reasons restriction={restriction} isMine={isMine} />
        </div>
    );
}

function preview(event: MatrixEvent): string {
    const restriction = restrictionOf(event);
    return restriction ? titleOf(restriction) : words.value.timeline.unsupported;
}

export default {
    type: "something restricted",
    shape: "bubble",
    Tile: Placeholder,
    preview,
    claims: (event) => restrictionOf(event) !== null && SAID.has(event.getType()),
} satisfies Tile;
