import type { MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { SAID } from "../../matrix/roomView";
import { titleOf } from "../../session/restrictionWords";
import type { Tile, TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { news } from "../notices";
import { Reasons } from "../Reasons";
import { restoreIfLifted, restrictionOf } from "../restricted";
import "./restricted.css";

/** A decision may be reversed: what is in sight is looked at again after this time, and whenever the server tells something. */
const LOOK_MS = 60_000;

/** In the place of a message that is removed or withheld: that it is so, why, where, and how that can be contested. */
function Placeholder({ event, room, isMine }: TileProps): JSX.Element | null {
    const { client } = useMatrix();
    const count = news.value;
    useEffect(() => {
        const look = (): void => {
            restoreIfLifted(client, room, event).catch((error: unknown) => console.warn("Not looked at again", error));
        };
        look();
        const timer = setInterval(look, LOOK_MS);
        return () => clearInterval(timer);
    }, [client, room, event, count]);
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
