import type { JSX } from "preact";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { EventPart } from "../../timeline/eventParts";
import type { TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { openPicker } from "../EmojiPicker";
import { MAX_KEY_CHARS, toggleReaction, useReactions } from "../reactions";
import "./reactions.css";

const NAMES_SHOWN = 12;

/** What others, and oneself, said to a message with one sign. */
function Reactions({ event, room }: TileProps): JSX.Element | null {
    const { client, me } = useMatrix();
    const reactions = useReactions(event, room, me);
    if (reactions.length === 0 || event.isRedacted()) return null;
    const said = words.value.reactions;
    return (
        <div class="reactions">
            {reactions.map(({ key, names, count, mine }) => {
                const shown = key.length > MAX_KEY_CHARS ? `${key.slice(0, MAX_KEY_CHARS)}…` : key;
                const named = words.value.common.list(names.slice(0, NAMES_SHOWN));
                const label = said.by(named, count - Math.min(count, NAMES_SHOWN));
                return (
                    <button
                        key={key}
                        type="button"
                        class={mine ? "reaction reaction-mine" : "reaction"}
                        aria-pressed={mine !== null}
                        title={label}
                        onClick={() => void trying(toggleReaction(client, room, event, key, mine))}
                    >
                        <bdi class="reaction-key one-line">{shown}</bdi>
                        <span class="reaction-count">{count}</span>
                        <span class="unseen">{label}</span>
                    </button>
                );
            })}
            {room.maySendMessage() && (
                <button
                    type="button"
                    class="reaction reaction-more"
                    aria-label={said.add}
                    title={said.add}
                    onClick={() =>
                        openPicker((key) => {
                            const mine = reactions.find((each) => each.key === key)?.mine;
                            if (!mine) void trying(toggleReaction(client, room, event, key, null));
                        })
                    }
                >
                    +
                </button>
            )}
        </div>
    );
}

export default { order: 10, Part: Reactions } satisfies EventPart;
