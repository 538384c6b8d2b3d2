import { EventType, type MatrixEvent, MsgType } from "matrix-js-sdk";
import type { RoomMessageEventContent } from "matrix-js-sdk/lib/@types/events";
import { html } from "./markdown";
import { mentionsContent, mentionsIn, type People } from "./mentions";
import type { Target } from "./target";

const TEXTS = new Set<unknown>([MsgType.Text, MsgType.Emote, MsgType.Notice]);

/** Whether it is a text, which can be changed as one. */
export function isText(event: MatrixEvent): boolean {
    return event.getType() === EventType.RoomMessage && TEXTS.has(event.getContent()["msgtype"]);
}

/** The content of a message from what somebody typed (Client-Server API v1.19, "Rich replies", "Event replacements"). */
export async function contentOf(
    typed: string,
    target: Target | null,
    people: People = { byName: new Map(), mayMentionAll: false },
): Promise<RoomMessageEventContent> {
    const found = mentionsIn(typed, people);
    const written = await textContent(typed, found.linked);
    const mentions = mentionsContent(found);
    const eventId = target?.event.getId();
    if (!target || !eventId) return { ...written, "m.mentions": mentions } as RoomMessageEventContent;
    if (target.kind === "reply") {
        const sender = target.event.getSender();
        const userIds = [...new Set([...(sender ? [sender] : []), ...found.userIds])];
        const thread = threadOf(target.event);
        return {
            ...written,
            "m.mentions": { ...mentions, ...(userIds.length > 0 && { user_ids: userIds }) },
            "m.relates_to": { ...thread, "m.in_reply_to": { event_id: eventId } },
        } as RoomMessageEventContent;
    }
    const before: unknown = target.event.getContent()["m.mentions"]?.user_ids;
    const added = found.userIds.filter((userId) => !(Array.isArray(before) && before.includes(userId)));
    return {
        ...written,
        body: `* ${written["body"]}`,
        ...(written["formatted_body"] ? { formatted_body: `* ${written["formatted_body"]}` } : {}),
        "m.mentions": added.length > 0 ? { user_ids: added } : {}, // whoever was mentioned before is not told again
        "m.new_content": { ...written, "m.mentions": mentions },
        "m.relates_to": { rel_type: "m.replace", event_id: eventId },
    } as RoomMessageEventContent;
}

/** An answer to a message of a thread belongs to the thread. */
function threadOf(event: MatrixEvent): object {
    return event.threadRootId && !event.isThreadRoot
        ? { rel_type: "m.thread", event_id: event.threadRootId, is_falling_back: false }
        : {};
}

async function textContent(typed: string, linked: string): Promise<Record<string, string>> {
    const isEmote = /^\/me\s/.test(typed);
    const said = (text: string): string => (isEmote ? text.replace(/^\/me\s+/, "") : text);
    const msgtype = isEmote ? MsgType.Emote : MsgType.Text;
    const rich = await html(said(linked));
    return { msgtype, body: said(typed), ...(rich ? { format: "org.matrix.custom.html", formatted_body: rich } : {}) };
}
