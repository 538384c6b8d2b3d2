import { EventType, type MatrixEvent, MsgType } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "../../words";
import type { Tile, TileProps } from "../registry";
import { plainText, richText } from "../richText";
import "./text.css";

/** Longer ones are shown whole when somebody asks for it. */
const LONG_CHARS = 3_000;
const LONG_LINES = 40;

/** What somebody wrote: its HTML where it has any that we take, or else its text. */
function Text({ event, room }: TileProps): JSX.Element {
    const [isWhole, showWhole] = useState(false);
    const content = event.getContent();
    const body = bodyOf(event);
    const isRich = content["format"] === "org.matrix.custom.html" && typeof content["formatted_body"] === "string";
    const written = isRich ? String(content["formatted_body"]) : body;
    if (!written) return <em class="text-notice">{words.value.timeline.unsupported}</em>;
    const isCut = !isWhole && isLong(written, isRich);
    const kinds = [
        "text",
        !isRich && "text-plain",
        content.msgtype === MsgType.Notice && "text-notice",
        isCut && "text-cut",
    ];
    return (
        <>
            <div class={kinds.filter(Boolean).join(" ")} dir="auto">
                {isRich ? richText(written, (userId) => room.getMember(userId)?.name ?? null) : plainText(written)}
            </div>
            {isCut && (
                <button type="button" class="text-whole" onClick={() => showWhole(true)}>
                    {words.value.timeline.showWhole}
                </button>
            )}
        </>
    );
}

function isLong(written: string, isRich: boolean): boolean {
    if (written.length > LONG_CHARS) return true;
    return (written.match(isRich ? /<(?:br|p|li|div|tr)\b/gi : /\n/g)?.length ?? 0) > LONG_LINES;
}

function Emote(props: TileProps): JSX.Element {
    const { event } = props;
    return (
        <div class="text text-plain text-emote" dir="auto">
            <bdi>{event.sender?.name ?? event.getSender()}</bdi> {plainText(bodyOf(event))}
        </div>
    );
}

export function bodyOf(event: MatrixEvent): string {
    const body: unknown = event.getContent()["body"];
    return typeof body === "string" ? body : "";
}

/** Of everything with a text that no other tile is for. */
function preview(event: MatrixEvent): string {
    return bodyOf(event).slice(0, 200).replace(/\s+/g, " ") || words.value.timeline.unsupported;
}

export default [
    { type: EventType.RoomMessage, shape: "bubble", Tile: Text, preview },
    {
        type: EventType.RoomMessage,
        msgtype: MsgType.Emote,
        shape: "bubble",
        Tile: Emote,
        preview: (event) => `${event.sender?.name ?? ""} ${preview(event)}`,
    },
] satisfies readonly Tile[];
