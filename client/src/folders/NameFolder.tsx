import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Field } from "../design/Field";
import { words } from "../words";
import { tagOf } from "./folder";

interface NameFolderProps {
    title: string;
    yes: string;
    before?: string;
    act: (name: string) => Promise<unknown>;
    onClose: () => void;
}

/** What a folder is called: a new one, or one that is there. */
export function NameFolder({ title, yes, before = "", act, onClose }: NameFolderProps): JSX.Element {
    const { folders, common } = words.value;
    const [name, setName] = useState(before);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>();
    const go = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (isBusy) return;
        if (!tagOf(name)) return setWrong(name.trim() ? folders.nameTooLong : folders.nameMissing);
        setBusy(true);
        try {
            await act(name);
            onClose();
        } catch (error) {
            console.error(error);
            setWrong(folders.wrong);
        }
        setBusy(false);
    };
    return (
        <Dialog title={title} onClose={onClose}>
            <form class="folder-name" onSubmit={go}>
                <Field label={folders.name} kind="words" value={name} onInput={setName} wrong={wrong} autoFocus />
                <div class="folder-name-actions">
                    <Button onClick={onClose}>{common.cancel}</Button>
                    <Button kind="main" type="submit" busy={isBusy}>
                        {yes}
                    </Button>
                </div>
            </form>
        </Dialog>
    );
}
