import { type MatrixClient, MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { day } from "../session/restrictionWords";
import { words } from "../words";
import type { Decision } from "./api";

/** What a decision is about, as it was when it was reported; an encrypted message as this device can read it. */
export function ContentOf({ decision }: { decision: Decision }): JSX.Element {
    const { safety } = words.value;
    const { client, rooms } = useMatrix();
    const { kind, room_id: roomId, snapshot } = decision;
    const isSealed = snapshot["type"] === "m.room.encrypted";
    const [decrypted, setDecrypted] = useState<string | null>(null);
    const room = rooms.room(roomId);
    useEffect(() => {
        let isGone = false;
        if (isSealed) void decrypt(client, roomId, snapshot).then((text) => isGone || setDecrypted(text));
        return () => {
            isGone = true;
        };
    }, [client, roomId, snapshot, isSealed]);
    if (kind === "account") return <p>{safety.contentAccount}</p>;
    if (kind === "room") return <p>{safety.contentRoom(room?.name ?? nameIn(snapshot) ?? roomId)}</p>;
    const at = snapshot["origin_server_ts"];
    const text = isSealed ? decrypted : bodyIn(snapshot);
    return (
        <>
            <p>{safety.contentMessage(room?.name ?? roomId, typeof at === "number" ? day(at) : "")}</p>
            {text ? (
                <blockquote class="decision-quote scrolls" dir="auto" tabIndex={0}>
                    {text}
                </blockquote>
            ) : (
                <p class="decision-soft">{isSealed ? safety.contentSealed : safety.contentOther}</p>
            )}
        </>
    );
}

/** What was said, by the keys that are here: of a message that is removed the server keeps what it had, encrypted. */
async function decrypt(client: MatrixClient, roomId: string, snapshot: Snapshot): Promise<string | null> {
    const { edited, edited_by: editedBy, ...first } = snapshot;
    const newest = edited && editedBy ? { ...first, event_id: editedBy, content: edited } : first;
    for (const raw of [newest, first]) {
        const event = new MatrixEvent({ ...raw, room_id: roomId });
        await client.decryptEventIfNeeded(event);
        const said = bodyIn({ content: event.getContent()["m.new_content"] ?? event.getContent() });
        if (!event.isDecryptionFailure() && said) return said;
    }
    return null;
}

type Snapshot = Record<string, unknown>;

function bodyIn(snapshot: Snapshot): string | null {
    const content = (snapshot["edited"] ?? snapshot["content"]) as { body?: unknown } | undefined;
    return typeof content?.body === "string" ? content.body : null;
}

function nameIn(snapshot: Snapshot): string | null {
    const name = (snapshot["m.room.name"] as { name?: unknown } | undefined)?.name;
    return typeof name === "string" ? name : null;
}
