import type { JSX } from "preact";
import { Button } from "../design/Button";
import { toast, trying } from "../design/Toasts";
import { words } from "../words";
import { saveFile } from "./saveFile";
import "./PaperKey.css";

/** A recovery key as people keep it: to copy, to save, to print. */
export function PaperKey({ recoveryKey, person }: { recoveryKey: string; person: string }): JSX.Element {
    const { first } = words.value.keys;
    const copy = async (): Promise<void> => {
        await navigator.clipboard.writeText(recoveryKey);
        toast(words.value.common.copied);
    };
    return (
        <div class="paper-key">
            <p class="paper-key-person">
                {first.keyTitle}: {person}
            </p>
            <code>
                {recoveryKey.split(" ").map((group, i) => (
                    <span key={i}>{group} </span>
                ))}
            </code>
            <p class="paper-key-nobody">{first.nobody}</p>
            <div class="paper-key-actions">
                <Button icon="copy" onClick={() => void trying(copy())}>
                    {first.copy}
                </Button>
                <Button icon="download" onClick={() => saveFile(first.fileName, first.fileText(recoveryKey, person))}>
                    {first.save}
                </Button>
                <Button icon="print" onClick={() => window.print()}>
                    {first.print}
                </Button>
            </div>
        </div>
    );
}
