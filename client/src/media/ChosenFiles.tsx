import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { contentOf } from "../compose/content";
import { Button, IconButton } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { withoutMetadata } from "./metadata";
import { sendFile } from "./outbox";
import { sizeLimit } from "./sizeLimit";
import { fileName, isPicture } from "./types";
import "./ChosenFiles.css";

const MAX_FILES = 30;

/** Show what was chosen before it is sent, as it will be: pictures without where they were taken. */
export async function openChosenFiles(room: Room, threadId: string | null, files: Iterable<File>): Promise<void> {
    const chosen = await Promise.all([...files].slice(0, MAX_FILES).map(withoutMetadata));
    if (chosen.length > 0)
        openDialog((close) => <ChosenFiles room={room} threadId={threadId} files={chosen} onClose={close} />);
}

interface ChosenFilesProps {
    room: Room;
    threadId: string | null;
    files: readonly File[];
    onClose: () => void;
}

function ChosenFiles({ room, threadId, files, onClose }: ChosenFilesProps): JSX.Element {
    const matrix = useMatrix();
    const { media, common, rooms } = words.value;
    const [chosen, setChosen] = useState(files);
    const [caption, setCaption] = useState("");
    const [limit, setLimit] = useState<number | null>(null);
    useEffect(() => void sizeLimit(matrix).then(setLimit), [matrix]);
    const fits = chosen.filter((file) => limit === null || file.size <= limit);
    const isEncrypted = room.hasEncryptionStateEvent();
    const send = async (): Promise<void> => {
        onClose();
        const text = caption.trim();
        const below = text ? await contentOf(text, null) : null;
        for (const [i, file] of fits.entries()) {
            // The text is below the last one, where the next message would be. Its kind is that of the file.
            const { msgtype: _, ...written } = (i === fits.length - 1 && below) || { msgtype: "" };
            const named = new File([file], fileName(file.name, media.nameless), { type: file.type });
            sendFile(matrix, room, named, { threadId, caption: below ? written : null });
        }
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" icon="send" disabled={fits.length === 0} onClick={() => void send()}>
                {media.sendFiles(fits.length)}
            </Button>
        </>
    );
    return (
        <Dialog title={media.sendTitle(chosen.length)} onClose={onClose} actions={actions} wide>
            <ul class="chosen-files">
                {chosen.map((file, i) => (
                    <li key={`${file.name} ${i}`} class="chosen-file">
                        <Preview file={file} />
                        <span class="chosen-file-names">
                            <bdi class="one-line">{fileName(file.name, media.nameless)}</bdi>
                            {limit !== null && file.size > limit ? (
                                <span class="chosen-file-wrong">{media.tooLarge(file.size, limit)}</span>
                            ) : (
                                <span class="chosen-file-size">{media.size(file.size)}</span>
                            )}
                        </span>
                        <IconButton
                            icon="close"
                            label={media.leaveOut(file.name)}
                            onClick={() => {
                                const rest = chosen.filter((each) => each !== file);
                                setChosen(rest);
                                if (rest.length === 0) onClose();
                            }}
                        />
                    </li>
                ))}
            </ul>
            <label class="chosen-caption">
                <span>{media.caption}</span>
                <textarea
                    class="scrolls"
                    rows={2}
                    dir="auto"
                    maxLength={4_000}
                    value={caption}
                    autofocus
                    onInput={(event) => setCaption(event.currentTarget.value)}
                    onKeyDown={(event) => {
                        if (event.key !== "Enter" || event.shiftKey || event.isComposing || fits.length === 0) return;
                        event.preventDefault();
                        void send();
                    }}
                />
            </label>
            <p class={isEncrypted ? "chosen-kind chosen-sealed" : "chosen-kind chosen-open"}>
                <Icon name={isEncrypted ? "lock" : "open"} size={16} />
                {isEncrypted ? media.willBeEncrypted : rooms.openMore}
            </p>
        </Dialog>
    );
}

function Preview({ file }: { file: File }): JSX.Element {
    const [isBroken, setBroken] = useState(false);
    const url = useMemo(() => (isPicture(file.type) ? URL.createObjectURL(file) : null), [file]);
    useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
    return (
        <span class="chosen-preview">
            {url && !isBroken ? (
                <img src={url} alt="" onError={() => setBroken(true)} />
            ) : (
                <Icon name={file.type.startsWith("video/") ? "play" : "file"} size={24} />
            )}
        </span>
    );
}
