import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate, route, showPanel } from "../../app/route";
import { IconButton } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { useOneEvent } from "../../timeline/oneEvent";
import { previewOf } from "../../timeline/registry";
import { words } from "../../words";
import { usePins } from "../pins";
import "./pins.css";

/** What is pinned, one at a time: a click goes to it and shows the one before it. */
function Pins({ room }: { room: Room }): JSX.Element | null {
    const pins = usePins(room);
    const [back, setBack] = useState(0);
    const eventId = pins.at(-1 - (back % Math.max(1, pins.length)));
    if (!eventId) return null;
    const isListed = route.value.query.get("panel") === "pins";
    return (
        <div class="pins">
            <Icon name="pin" />
            <button
                type="button"
                class="pins-one"
                onClick={() => {
                    navigate({ name: "chat", parts: [room.roomId, eventId], query: route.value.query });
                    setBack(back + 1);
                }}
            >
                <strong>{words.value.pins.pinned(pins.length)}</strong>
                <Text room={room} eventId={eventId} />
            </button>
            {pins.length > 1 && (
                <IconButton
                    icon="menu"
                    label={words.value.pins.all}
                    expanded={isListed}
                    onClick={() => showPanel(isListed ? null : "pins")}
                />
            )}
        </div>
    );
}

function Text({ room, eventId }: { room: Room; eventId: string }): JSX.Element {
    const event = useOneEvent(room, eventId);
    const { timeline, common } = words.value;
    const text = event ? previewOf(event) : event === null ? timeline.replyGone : common.loading;
    return <bdi class="one-line">{text}</bdi>;
}

export default Pins;
