import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import type { Attachment } from "./attachment";
import { save } from "./load";
import { why, wrongInWords } from "./useMedia";

/** A file: what it is called, how large it is, and the way to have it. It is never opened here. */
export function FileRow({ attachment, wrong }: { attachment: Attachment; wrong?: string }): JSX.Element {
    const { client } = useMatrix();
    const { media } = words.value;
    const [progress, setProgress] = useState<number | null>(null);
    const [failed, setFailed] = useState<string | null>(null);
    const { name, size, source } = attachment;
    const get = async (): Promise<void> => {
        if (!source || progress !== null) return;
        setFailed(null);
        setProgress(0);
        try {
            await save(client, source, name, (loaded, total) => setProgress(loaded / total));
        } catch (error) {
            const { wrong: failure, restriction } = why(error);
            setFailed(failure && wrongInWords(failure, restriction));
        }
        setProgress(null);
    };
    const note = failed ?? (source ? wrong : media.wrong.gone);
    return (
        <div class="file-row">
            <span class="file-row-icon">
                <Icon name="file" size={24} />
            </span>
            <span class="file-row-names">
                <bdi class="file-row-name">{name}</bdi>
                <span class="file-row-size">
                    {progress !== null ? media.loadingPart(progress) : size !== null && media.size(size)}
                    {note && (
                        <span class="file-row-wrong" role={failed ? "alert" : undefined}>
                            {" "}
                            {note}
                        </span>
                    )}
                </span>
            </span>
            {source && <IconButton icon="download" label={media.save(name)} onClick={() => void get()} />}
        </div>
    );
}
