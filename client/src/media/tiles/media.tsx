import { type MatrixEvent, MsgType } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Tile, TileProps } from "../../timeline/registry";
import { plainText, richText } from "../../timeline/richText";
import { words } from "../../words";
import { attachmentOf } from "../attachment";
import { FileRow } from "../FileRow";
import { openLightbox } from "../Lightbox";
import { Picture } from "../Picture";
import { Player } from "../Player";
import "./media.css";

/** Something that is attached, and what was written below it. */
function Media({ event, room, looks }: TileProps): JSX.Element {
    const attachment = useMemo(() => attachmentOf(event), [event, looks]);
    const { caption, captionHtml } = attachment;
    const open = (): void => {
        const set = room.getTimelineForEvent(event.getId() ?? "");
        openLightbox(event, set?.getEvents() ?? []);
    };
    return (
        <div class={`media media-${attachment.kind}`}>
            {attachment.kind === "picture" && <Picture key={looks} attachment={attachment} onOpen={open} />}
            {attachment.kind === "video" && <Picture key={looks} attachment={attachment} onOpen={open} isVideo />}
            {(attachment.kind === "sound" || attachment.kind === "voice") && <Player attachment={attachment} />}
            {attachment.kind === "file" && <FileRow attachment={attachment} />}
            {caption !== null && (
                <div class={captionHtml ? "text media-caption" : "text text-plain media-caption"} dir="auto">
                    {captionHtml ? richText(captionHtml) : plainText(caption)}
                </div>
            )}
        </div>
    );
}

/** What it is, and what was written below it or how it is called. */
function preview(event: MatrixEvent): string {
    const { kind, caption, name } = attachmentOf(event);
    const { media } = words.value;
    if (kind === "voice") return media.kinds.voice;
    return `${media.kinds[kind]} ${(caption ?? (kind === "file" || kind === "sound" ? name : "")).slice(0, 200)}`.trim();
}

const types = [MsgType.Image, MsgType.Video, MsgType.Audio, MsgType.File];

export default [
    ...types.map((msgtype) => ({
        type: "m.room.message",
        msgtype,
        shape: "bubble" as const,
        Tile: Media,
        preview,
    })),
    { type: "m.sticker", shape: "bubble", Tile: Media, preview },
] satisfies readonly Tile[];
