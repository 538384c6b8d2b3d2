import { EventType, type IEvent, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";
import type { Message } from "./segment";

/** What of a message is kept: longer ones are found by their beginning. */
const MAX_CHARS = 4_000;

/** What an event means for the index. */
export type Change =
    | { kind: "said"; message: Message }
    | { kind: "edited"; of: string; by: string; text: string; edit: { id: string; at: number } }
    | { kind: "gone"; id: string }
    | { kind: "unreadable" }
    | null;

/** What an event says, after its decryption was tried. Its newest edit is among what the server told with it. */
export async function changeOf(client: MatrixClient, event: MatrixEvent): Promise<Change> {
    const id = event.getId();
    const by = event.getSender();
    if (!id || !by || event.status || event.isState()) return null;
    if (event.getType() === EventType.RoomRedaction) return redacted(event);
    if (event.isRedacted()) return { kind: "gone", id };
    if (event.isDecryptionFailure() || event.getType() === EventType.RoomMessageEncrypted)
        return { kind: "unreadable" };
    if (event.getType() !== EventType.RoomMessage) return null;
    const edited = event.isRelation("m.replace") ? event.getRelation()?.event_id : undefined;
    if (edited) {
        const said: unknown = event.getContent()["m.new_content"];
        if (typeof said !== "object" || said === null) return null;
        return { kind: "edited", of: edited, by, text: textOf(said), edit: { id, at: event.getTs() } };
    }
    const edit = event.replacingEvent() ?? (await bundledEdit(client, event));
    const text = textOf(edit ? edit.getContent()["m.new_content"] : event.getContent());
    const message: Message = { id, at: event.getTs(), by, text };
    const editId = edit?.getId();
    if (edit && editId) message.edit = { id: editId, at: edit.getTs() };
    return { kind: "said", message };
}

function redacted(event: MatrixEvent): Change {
    const id: unknown = event.event.redacts ?? event.getContent()["redacts"]; // room version 11 moved it
    return typeof id === "string" ? { kind: "gone", id } : null;
}

/** Client-Server API, "Server-side aggregation of m.replace": the newest edit, whole, and encrypted like the message. */
async function bundledEdit(client: MatrixClient, event: MatrixEvent): Promise<MatrixEvent | null> {
    const raw = event.getServerAggregatedRelation<Partial<IEvent>>("m.replace");
    if (!raw || raw.sender !== event.getSender()) return null;
    const edit = client.getEventMapper({ decrypt: false, preventReEmit: true })({
        ...raw,
        room_id: event.getRoomId() ?? "",
    });
    if (edit.isEncrypted()) await client.decryptEventIfNeeded(edit);
    return typeof edit.getContent()["m.new_content"] === "object" ? edit : null;
}

/** The words of a message: what is written, and the name of what is attached. */
function textOf(content: unknown): string {
    if (typeof content !== "object" || content === null) return "";
    const { body, filename, ...rest } = content as Record<string, unknown>;
    const isAnswer = typeof rest["m.relates_to"] === "object";
    const written = typeof body === "string" ? (isAnswer ? body.replace(/^(?:>.*\n)+\n?/, "") : body) : "";
    const name = typeof filename === "string" && filename !== body ? `\n${filename}` : "";
    return `${written}${name}`.slice(0, MAX_CHARS);
}
