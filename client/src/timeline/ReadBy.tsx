import type { MatrixEvent, Room, RoomMember } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Avatar } from "../design/Avatar";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Spinner } from "../design/Spinner";
import { useMatrix } from "../matrix/matrix";
import { language, words } from "../words";
import "./History.css";

const MOST = 200;

/** Who has read a message, as far as their clients say so. */
export function openReadBy(event: MatrixEvent, room: Room): void {
    openDialog((close) => <ReadBy event={event} room={room} onClose={close} />);
}

function ReadBy({ event, room, onClose }: { event: MatrixEvent; room: Room; onClose: () => void }): JSX.Element {
    const { me } = useMatrix();
    const { timeline, common } = words.value;
    const [readers, setReaders] = useState<readonly RoomMember[] | null>(null);
    useEffect(() => {
        const look = (): void => setReaders(readersOf(event, room, me));
        room.loadMembersIfNeeded().then(look, look);
    }, [event, room, me]);
    return (
        <Dialog title={timeline.readBy} onClose={onClose}>
            {!readers ? (
                <Spinner label={common.loading} />
            ) : readers.length === 0 ? (
                <p>{timeline.readByNobody}</p>
            ) : (
                <ul class="read-by">
                    {readers.slice(0, MOST).map((member) => {
                        const at = room.getReadReceiptForUserId(member.userId)?.data.ts;
                        return (
                            <li key={member.userId}>
                                <Avatar
                                    name={member.name}
                                    id={member.userId}
                                    picture={member.getMxcAvatarUrl()}
                                    size={34}
                                />
                                <bdi class="one-line">{member.name}</bdi>
                                {at && <time>{new Date(at).toLocaleString(language.value)}</time>}
                            </li>
                        );
                    })}
                    {readers.length > MOST && <li>{timeline.andMore(readers.length - MOST)}</li>}
                </ul>
            )}
        </Dialog>
    );
}

function readersOf(event: MatrixEvent, room: Room, me: string): RoomMember[] {
    const eventId = event.getId() ?? "";
    return room
        .getJoinedMembers()
        .filter(
            ({ userId }) => userId !== me && userId !== event.getSender() && room.hasUserReadEvent(userId, eventId),
        );
}
