import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { day } from "../session/restrictionWords";
import { oneEvent } from "../timeline/oneEvent";
import { bodyOf } from "../timeline/tiles/text";
import { words } from "../words";
import type { Decision } from "./api";

/** What a decision is about, as it was when it was reported; an encrypted message as this device can read it. */
export function ContentOf({ decision }: { decision: Decision }): JSX.Element {
    const { safety } = words.value;
    const { client, rooms } = useMatrix();
    const { kind, item, room_id: roomId, snapshot } = decision;
    const isSealed = snapshot["type"] === "m.room.encrypted";
    const [decrypted, setDecrypted] = useState<string | null>(null);
    const room = rooms.room(roomId);
    useEffect(() => {
        if (!isSealed || !room) return;
        void oneEvent(client, room, item).then((event) => {
            if (event && !event.isDecryptionFailure() && !event.isRedacted()) setDecrypted(bodyOf(event));
        });
    }, [client, room, item, isSealed]);
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

function bodyIn(snapshot: Record<string, unknown>): string | null {
    const content = (snapshot["edited"] ?? snapshot["content"]) as { body?: unknown } | undefined;
    return typeof content?.body === "string" ? content.body : null;
}

function nameIn(snapshot: Record<string, unknown>): string | null {
    const name = (snapshot["m.room.name"] as { name?: unknown } | undefined)?.name;
    return typeof name === "string" ? name : null;
}
