import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { RoomMessageEventContent } from "matrix-js-sdk/lib/@types/events";
import { withoutOpening } from "../matrix/commitments";
import type { Matrix } from "../matrix/matrix";
import { attachmentOf } from "../media/attachment";
import { load } from "../media/load";
import { sendFile } from "../media/outbox";
import { ORIGIN, type Origin, originOf } from "../timeline/origin";

type Content = Record<string, unknown>;

/** What of a message goes elsewhere: neither whom it answered nor whom it mentioned there, nor what proves that it was said. */
export function forwarded(event: MatrixEvent): Content {
    const said = withoutOpening(event.getContent());
    const { "m.relates_to": _, "m.mentions": __, "m.new_content": ___, ...rest } = said;
    const before = originOf(event);
    const origin: Origin = before ?? { name: event.sender?.name ?? event.getSender() ?? "", at: event.getTs() };
    return { ...withoutFallback(rest), "m.mentions": {}, [ORIGIN]: origin };
}

/** Older clients repeat what is answered, in front of the answer. */
function withoutFallback(content: Content): Content {
    const body = content["body"];
    if (typeof body !== "string" || !body.startsWith("> <")) return content;
    return { ...content, body: body.replace(/^(?:>.*\n)+\n?/, "") };
}

/** Whether more people can read it there than here. */
export function becomesOpen(from: Room, to: Room): boolean {
    return from.hasEncryptionStateEvent() && !to.hasEncryptionStateEvent();
}

/**
 * Send a message to another room. The key of an encrypted attachment goes only into encrypted messages; for an open room
 * the attachment is decrypted and uploaded anew.
 */
export async function forward(matrix: Matrix, event: MatrixEvent, to: Room): Promise<void> {
    const { client } = matrix;
    const content = forwarded(event);
    if (!content["file"] || to.hasEncryptionStateEvent()) {
        await client.sendMessage(to.roomId, content as unknown as RoomMessageEventContent);
        return;
    }
    const { source, name, type, caption, kind, durationMs, waveform } = attachmentOf(event);
    if (!source) throw new Error("Nothing is attached");
    const file = new File([await load(client, source)], name, { type });
    const voice = { durationMs, waveform: waveform.map((wave) => Math.round(1024 * wave)), text: name };
    sendFile(matrix, to, file, {
        caption: { ...(caption !== null && { body: caption }), [ORIGIN]: content[ORIGIN] },
        voice: kind === "voice" ? voice : null,
    });
}
