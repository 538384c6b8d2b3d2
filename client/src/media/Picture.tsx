import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import type { Restriction } from "../session/restricted";
import { inOneText } from "../session/restrictionWords";
import { words } from "../words";
import { thumbnailIn } from "./address";
import { type Attachment, boxOf } from "./attachment";
import { FileRow } from "./FileRow";
import { restrictionOn } from "./load";
import { useMedia, useNear, wrongInWords } from "./useMedia";

/** An encrypted picture without a small version is loaded whole by itself up to this size. */
const BY_ITSELF_BYTES = 3 * 1024 * 1024;

interface PictureProps {
    attachment: Attachment;
    onOpen: () => void;
    /** What stands above it: the sign to play, for a video. */
    isVideo?: boolean;
}

/** A picture, or the first of a video. Its place is there before it is; it is loaded when it comes near. */
export function Picture({ attachment, onOpen, isVideo = false }: PictureProps): JSX.Element {
    const { media } = words.value;
    const { client } = useMatrix();
    const ref = useRef<HTMLButtonElement>(null);
    const isNear = useNear(ref);
    const [isAsked, ask] = useState(false);
    const [isBroken, setBroken] = useState(false);
    const [restriction, setRestriction] = useState<Restriction | null>(null);
    const { source, thumbnail, size } = attachment;
    const box = boxOf(attachment.width, attachment.height);
    const isSmall = size === null || size <= BY_ITSELF_BYTES;
    const whole = isVideo ? null : source;
    const shown = thumbnail ?? (whole && (isSmall || isAsked) ? whole : null);
    const type = shown === thumbnail ? attachment.thumbnailType : attachment.type;
    const open = source && !source.encrypted && !isVideo ? thumbnailIn(source.mxc, box.width, box.height) : null;
    const loaded = useMedia(open ? null : shown, type, isNear && !open && shown !== null);
    const url = open ? (isNear ? open : null) : loaded.url;
    if (isBroken && !isVideo) {
        return <FileRow attachment={attachment} wrong={restriction ? inOneText(restriction) : media.notAPicture} />;
    }
    const wrong = isVideo ? null : loaded.wrong; // without its first picture, a video may still play
    const wait = wrong ? null : !shown && !open && !isVideo;
    const label = isVideo ? media.playVideo(attachment.name) : media.openPicture(attachment.caption ?? attachment.name);
    const onClick = (): void => {
        if (wrong) loaded.again();
        else if (wait) ask(true);
        else onOpen();
    };
    const onError = (): void => {
        setBroken(true);
        if (!open || !source) return;
        restrictionOn(client, source.mxc).then(setRestriction, () => undefined); // the network is gone: it is no picture here
    };
    return (
        <button
            ref={ref}
            type="button"
            class={isVideo ? "picture picture-video" : "picture"}
            style={{ inlineSize: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }}
            aria-label={wrong ? `${wrongInWords(wrong, loaded.restriction)} ${words.value.common.again}` : label}
            onClick={onClick}
        >
            {url && !isBroken && (
                <img src={url} alt="" width={box.width} height={box.height} decoding="async" onError={onError} />
            )}
            {wrong && (
                <span class="picture-note">
                    <Icon name="warn" />
                    {wrongInWords(wrong, loaded.restriction)}
                </span>
            )}
            {wait && (
                <span class="picture-note">
                    <Icon name="download" />
                    {media.size(size ?? 0)}
                </span>
            )}
            {!url && !wrong && !wait && !isVideo && (
                <span class="picture-bar" style={{ "--done": `${loaded.progress}` }} />
            )}
            {isVideo && (
                <span class="picture-play">
                    <Icon name="play" size={28} />
                </span>
            )}
        </button>
    );
}
