import type { MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { IconButton } from "../design/Button";
import { openDialog } from "../design/dialogs";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import { plainText, richText } from "../timeline/richText";
import { language, words } from "../words";
import { type Attachment, attachmentOf } from "./attachment";
import { save } from "./load";
import { useMedia, wrongInWords } from "./useMedia";

/** Show a picture or video as large as the screen, with those before and after it that are loaded. */
export function openLightbox(event: MatrixEvent, around: readonly MatrixEvent[]): void {
    const all = around.filter((each) => isShown(each));
    const events = all.includes(event) ? all : [event];
    openDialog((close) => <Lightbox events={events} first={events.indexOf(event)} onClose={close} />);
}

function isShown(event: MatrixEvent): boolean {
    if (event.getType() !== "m.room.message" || event.isRedacted()) return false;
    return ["picture", "video"].includes(attachmentOf(event).kind);
}

function Lightbox(props: { events: readonly MatrixEvent[]; first: number; onClose: () => void }): JSX.Element | null {
    const { events, first, onClose } = props;
    const { client } = useMatrix();
    const { media, common } = words.value;
    const ref = useRef<HTMLDialogElement>(null);
    const [at, setAt] = useState(first);
    const [isLarge, setLarge] = useState(false);
    useEffect(() => ref.current?.showModal(), []);
    const event = events[at];
    const attachment = useMemo(() => event && attachmentOf(event), [event]);
    if (!event || !attachment) return null;
    const go = (by: number): void => {
        if (!events[at + by]) return;
        setAt(at + by);
        setLarge(false);
    };
    const { source, name } = attachment;
    return (
        <dialog
            ref={ref}
            class="lightbox"
            aria-label={name}
            onCancel={(cancel) => {
                cancel.preventDefault();
                onClose();
            }}
            onKeyDown={(key) => {
                if (key.target instanceof HTMLVideoElement) return;
                const isBack = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
                if (key.key === "ArrowLeft" || key.key === "ArrowRight") go(key.key === isBack ? -1 : 1);
                else if (key.key === "Home") go(-at);
                else if (key.key === "End") go(events.length - 1 - at);
            }}
        >
            <header class="lightbox-head">
                <span class="lightbox-names">
                    <bdi class="one-line">{event.sender?.name ?? event.getSender()}</bdi>
                    <time>{event.getDate()?.toLocaleString(language.value)}</time>
                </span>
                {source && (
                    <IconButton
                        icon="download"
                        label={media.save(name)}
                        onClick={() => void trying(save(client, source, name))}
                    />
                )}
                <IconButton icon="close" label={common.close} onClick={onClose} />
            </header>
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does it by keyboard */}
            <div
                class={isLarge ? "lightbox-box lightbox-large" : "lightbox-box"}
                onClick={(click) => {
                    if (click.target === click.currentTarget) onClose();
                }}
            >
                <Whole key={event.getId()} attachment={attachment} onClick={() => setLarge(!isLarge)} />
            </div>
            {attachment.caption && (
                <div class="lightbox-caption" dir="auto">
                    {attachment.captionHtml ? richText(attachment.captionHtml) : plainText(attachment.caption)}
                </div>
            )}
            {events.length > 1 && (
                <nav class="lightbox-way">
                    <IconButton
                        icon="back"
                        class="icon-turns"
                        label={media.before}
                        disabled={at === 0}
                        onClick={() => go(-1)}
                    />
                    <span>{media.ofMany(at + 1, events.length)}</span>
                    <IconButton
                        icon="forth"
                        class="icon-turns"
                        label={media.after}
                        disabled={at === events.length - 1}
                        onClick={() => go(1)}
                    />
                </nav>
            )}
        </dialog>
    );
}

function Whole({ attachment, onClick }: { attachment: Attachment; onClick: () => void }): JSX.Element {
    const { media, common } = words.value;
    const { url, progress, wrong, restriction, again } = useMedia(attachment.source, attachment.type, true);
    const [isBroken, setBroken] = useState(false);
    if (wrong || isBroken) {
        return (
            <p class="lightbox-wrong" role="alert">
                {wrong
                    ? wrongInWords(wrong, restriction)
                    : attachment.kind === "video"
                      ? media.notAVideo
                      : media.notAPicture}
                {wrong && (
                    <button type="button" class="button button-plain" onClick={again}>
                        {common.again}
                    </button>
                )}
            </p>
        );
    }
    if (!url) return <Spinner size={36} label={progress > 0 ? media.loadingPart(progress) : common.loading} />;
    if (attachment.kind === "video") {
        // biome-ignore lint/a11y/useMediaCaption: what somebody filmed for a chat has no subtitles
        return <video src={url} controls autoplay playsInline onError={() => setBroken(true)} />;
    }
    return (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the browser's own zoom does it by keyboard
        <img src={url} alt={attachment.caption ?? attachment.name} onClick={onClick} onError={() => setBroken(true)} />
    );
}
