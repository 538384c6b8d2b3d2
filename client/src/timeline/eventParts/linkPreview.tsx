import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../../matrix/matrix";
import { hidesPreviews, previewsSealed } from "../../matrix/privacy";
import { thumbnailIn } from "../../media/address";
import type { EventPart } from "../eventParts";
import { firstLink, type LinkPreview, linkPreview } from "../linkPreview";
import type { TileProps } from "../registry";
import "./linkPreview.css";

/**
 * What the first page is about that a message links to. Not in encrypted chats, unless this person wants it: the server
 * reads the page, and so learns the address.
 */
function Preview({ event, room, looks }: TileProps): JSX.Element | null {
    const { client } = useMatrix();
    const [preview, setPreview] = useState<LinkPreview | null>(null);
    const body: unknown = event.getContent()["body"];
    const isWanted = !hidesPreviews.value && (previewsSealed.value || !room.hasEncryptionStateEvent());
    const isAsked = isWanted && !event.isRedacted() && event.getType() === "m.room.message";
    const url = isAsked && typeof body === "string" ? firstLink(body) : null;
    useEffect(() => {
        let isGone = false;
        setPreview(null);
        if (url) void linkPreview(client, url, event.getTs()).then((found) => isGone || setPreview(found));
        return () => {
            isGone = true;
        };
    }, [client, url, event, looks]);
    if (!preview) return null;
    const picture = preview.picture && thumbnailIn(preview.picture, 96, 96);
    return (
        <a class="link-preview" href={preview.url} target="_blank" rel="noreferrer noopener">
            {picture && <img src={picture} alt="" width={64} height={64} loading="lazy" />}
            <span class="link-preview-text">
                <span class="link-preview-host one-line">{preview.host}</span>
                <bdi class="link-preview-title one-line">{preview.title}</bdi>
                <bdi class="link-preview-more">{preview.text}</bdi>
            </span>
        </a>
    );
}

export default { order: 5, Part: Preview } satisfies EventPart;
