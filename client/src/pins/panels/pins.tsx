import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import type { Panel } from "../../app/parts";
import { navigate } from "../../app/route";
import { IconButton } from "../../design/Button";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { EventRow } from "../../timeline/EventRow";
import { useOneEvent } from "../../timeline/oneEvent";
import { words } from "../../words";
import { mayPin, setPinned, usePins } from "../pins";
import "./pins.css";

/** All that is pinned, the newest first. */
function Pins({ roomId }: { roomId: string }): JSX.Element | null {
    const { rooms } = useMatrix();
    const room = rooms.room(roomId);
    return room && <List room={room} />;
}

function List({ room }: { room: Room }): JSX.Element {
    const pins = usePins(room).reverse();
    if (pins.length === 0) return <p class="list-note">{words.value.pins.none}</p>;
    return (
        <>
            {pins.map((eventId) => (
                <Row key={eventId} room={room} eventId={eventId} />
            ))}
        </>
    );
}

function Row({ room, eventId }: { room: Room; eventId: string }): JSX.Element | null {
    const { client, me } = useMatrix();
    const event = useOneEvent(room, eventId);
    const { pins, timeline } = words.value;
    if (event === undefined) return null;
    return (
        <div class="pin-row">
            {event ? (
                <EventRow
                    event={event}
                    room={room}
                    onClick={() => navigate({ name: "chat", parts: [room.roomId, eventId], query: { panel: "pins" } })}
                />
            ) : (
                <p class="list-note">{timeline.replyGone}</p>
            )}
            {mayPin(room, me) && (
                <IconButton
                    icon="close"
                    label={pins.unpin}
                    onClick={() => void trying(setPinned(client, room, eventId, false))}
                />
            )}
        </div>
    );
}

export default { name: "pins", title: () => words.value.pins.title, Panel: Pins } satisfies Panel;
