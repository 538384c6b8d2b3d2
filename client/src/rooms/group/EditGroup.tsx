import { EventType, type Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Avatar } from "../../design/Avatar";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Field } from "../../design/Field";
import { useMatrix } from "../../matrix/matrix";
import { withoutMetadata } from "../../media/metadata";
import { words } from "../../words";
import "./group.css";

export function topicOf(room: Room): string {
    const topic: unknown = room.currentState.getStateEvents(EventType.RoomTopic, "")?.getContent()["topic"];
    return typeof topic === "string" ? topic : "";
}

export function mayEdit(room: Room, me: string): boolean {
    return [EventType.RoomName, EventType.RoomTopic, EventType.RoomAvatar].some((type) =>
        room.currentState.maySendStateEvent(type, me),
    );
}

/** Name, topic and picture, each only where this person may change it. */
export function EditGroup({ room, onClose }: { room: Room; onClose: () => void }): JSX.Element {
    const { client, me } = useMatrix();
    const { people, common } = words.value;
    const [name, setName] = useState(room.name);
    const [topic, setTopic] = useState(topicOf(room));
    const [picture, setPicture] = useState<File | null>(null);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState(false);
    const may = (type: EventType.RoomName | EventType.RoomTopic | EventType.RoomAvatar): boolean =>
        room.currentState.maySendStateEvent(type, me);
    const save = async (): Promise<void> => {
        setBusy(true);
        setWrong(false);
        try {
            const wish = name.trim();
            if (wish && wish !== room.name) await client.setRoomName(room.roomId, wish);
            if (topic.trim() !== topicOf(room)) await client.setRoomTopic(room.roomId, topic.trim());
            if (picture) {
                const { content_uri: url } = await client.uploadContent(await withoutMetadata(picture), {
                    includeFilename: false,
                });
                await client.sendStateEvent(room.roomId, EventType.RoomAvatar, { url });
            }
            onClose();
        } catch (error) {
            console.error(error);
            setWrong(true);
        }
        setBusy(false);
    };
    const actions = (
        <Button kind="main" busy={isBusy} disabled={name.trim() === ""} onClick={() => void save()}>
            {people.save}
        </Button>
    );
    return (
        <Dialog title={people.edit} onClose={onClose} actions={actions}>
            {may(EventType.RoomAvatar) && (
                <label class="group-picture">
                    <Avatar name={room.name} id={room.roomId} picture={room.getMxcAvatarUrl()} size={52} />
                    <span>
                        {people.picture}
                        <input
                            type="file"
                            accept="image/png,image/jpeg,image/webp,image/gif"
                            onChange={(event) => setPicture(event.currentTarget.files?.[0] ?? null)}
                        />
                    </span>
                </label>
            )}
            {may(EventType.RoomName) && <Field label={people.groupName} value={name} onInput={setName} autoFocus />}
            {may(EventType.RoomTopic) && <Field label={people.topic} value={topic} onInput={setTopic} />}
            {wrong && <p role="alert">{common.somethingBroke}</p>}
        </Dialog>
    );
}
