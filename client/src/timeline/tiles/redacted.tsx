import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { words } from "../../words";
import type { Tile } from "../registry";
import "./redacted.css";

function Redacted(): JSX.Element {
    return (
        <span class="redacted">
            <Icon name="trash" size={15} />
            {words.value.timeline.deleted}
        </span>
    );
}

export default {
    type: "redacted",
    shape: "bubble",
    Tile: Redacted,
    preview: () => words.value.timeline.deleted,
} satisfies Tile;
