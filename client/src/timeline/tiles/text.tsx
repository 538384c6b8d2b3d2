import { EventType, type MatrixEvent, MsgType } from "matrix-js-sdk";
import type { JSX } from "preact";
import { words } from "../../words";
import type { Tile, TileProps } from "../registry";
import { plainText, richText } from "../richText";
import "./text.css";

/** What somebody wrote: its HTML where it has any that we take, or else its text. */
function Text({ event, room }: TileProps): JSX.Element {
    const content = event.getContent();
    const isRich = content["format"] === "org.matrix.custom.html" && typeof content["formatted_body"] === "string";
    return (
        <div
            class={`text ${isRich ? "" : "text-plain"} ${content.msgtype === MsgType.Notice ? "text-notice" : ""}`}
            dir="auto"
        >
            {isRich
                ? richText(String(content["formatted_body"]), (userId) => room.getMember(userId)?.name ?? null)
                : plainText(bodyOf(event))}
        </div>
    );
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
