import { MatrixError, type Room, RoomEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import type { Strip } from "../../rooms/chatParts";
import { type Restriction, restrictionIn } from "../../session/restricted";
import { titleOf } from "../../session/restrictionWords";
import { Reasons } from "../Reasons";
import "./restricted.css";

/**
 * That a chat is closed, withheld or frozen, and why. The server says so to whoever asks for it or writes into it; of a
 * closed one it tells nothing but who made it, which is how it is known.
 */
const RestrictedStrip: Strip = ({ room, view }): JSX.Element | null => {
    const { client, me } = useMatrix();
    const [restriction, setRestriction] = useState<Restriction | null>(() => refused(room));
    const isEmpty = !view.isOfficial && room.currentState.getStateEvents("m.room.join_rules", "") === null;
    useEffect(() => {
        const look = (): void => setRestriction((before) => refused(room) ?? before);
        room.on(RoomEvent.LocalEchoUpdated, look);
        return () => void room.off(RoomEvent.LocalEchoUpdated, look);
    }, [room]);
    useEffect(() => {
        if (!isEmpty) return;
        client.getRoomSummary(room.roomId).catch((error: unknown) => {
            if (error instanceof MatrixError) setRestriction(restrictionIn(error.data));
        });
    }, [client, room, isEmpty]);
    if (!restriction) return null;
    return (
        <div class="restricted-strip" role="status">
            <p>
                <Icon name="shield" />
                <strong>{titleOf(restriction)}</strong>
            </p>
            <Reasons restriction={restriction} isMine={room.getCreator() === me} />
        </div>
    );
};

/** Why the server did not take what was written here. */
function refused(room: Room): Restriction | null {
    const errors: unknown[] = room.getPendingEvents().map(({ error }) => error); // also that there is no connection
    const told = errors.map((error) => (error instanceof MatrixError ? restrictionIn(error.data) : null));
    return told.findLast((each) => each !== null) ?? null;
}

export default RestrictedStrip;
