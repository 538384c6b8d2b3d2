import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { tagOf, tagsOf } from "./folder";
import { foldersIn } from "./folders";
import "./folders.css";

export function openChooseFolders(roomId: string): void {
    openDialog((close) => <ChooseFolders roomId={roomId} onClose={close} />);
}

/** Which folders a chat is in. A choice holds at once, on every device. */
function ChooseFolders({ roomId, onClose }: { roomId: string; onClose: () => void }): JSX.Element | null {
    const matrix = useMatrix();
    const folders = foldersIn(matrix);
    const { folders: said, common } = words.value;
    const [name, setName] = useState("");
    const [wrong, setWrong] = useState<string | undefined>();
    const [isBusy, setBusy] = useState(false);
    /** What was chosen here, until the server tells of it. */
    const [mine, setMine] = useState<Record<string, boolean>>({});
    const view = matrix.rooms.view(roomId)?.value;
    if (!view) return null;
    const chosen = tagsOf(view);
    const change = async (act: () => Promise<unknown>): Promise<boolean> => {
        setBusy(true);
        setWrong(undefined);
        try {
            await act();
            return true;
        } catch (error) {
            console.error(error);
            setWrong(said.wrong);
            return false;
        } finally {
            setBusy(false);
        }
    };
    const choose = async (tag: string, isIn: boolean): Promise<void> => {
        setMine((before) => ({ ...before, [tag]: isIn }));
        if (!(await change(() => folders.put(roomId, tag, isIn)))) setMine(({ [tag]: _, ...before }) => before);
    };
    const create = (event: Event): void => {
        event.preventDefault();
        const tag = tagOf(name);
        if (!tag) {
            setWrong(name.trim() ? said.nameTooLong : said.nameMissing);
            return;
        }
        void change(async () => {
            await folders.put(roomId, await folders.create(name), true);
            setMine((before) => ({ ...before, [tag]: true }));
            setName("");
        });
    };
    const own = folders.all.value.filter(({ isSpace }) => !isSpace);
    return (
        <Dialog
            title={said.chooseTitle(view.name)}
            onClose={onClose}
            actions={
                <Button kind="main" onClick={onClose}>
                    {said.done}
                </Button>
            }
        >
            {own.length === 0 ? (
                <p>{said.none}</p>
            ) : (
                <ul class="folder-choices">
                    {own.map((folder) => (
                        <li key={folder.id}>
                            <label class="folder-choice">
                                <input
                                    type="checkbox"
                                    checked={mine[folder.id] ?? chosen.includes(folder.id)}
                                    onChange={(event) => void choose(folder.id, event.currentTarget.checked)}
                                />
                                <Icon name="folder" />
                                <bdi class="one-line">{folder.name}</bdi>
                            </label>
                        </li>
                    ))}
                </ul>
            )}
            <form class="folder-new" onSubmit={create}>
                <Field label={said.newFolder} kind="words" value={name} onInput={setName} wrong={wrong} />
                <Button type="submit" icon="plus" busy={isBusy} disabled={!name.trim()}>
                    {said.create}
                </Button>
            </form>
            <p class="unseen" role="status">
                {isBusy && common.loading}
            </p>
        </Dialog>
    );
}
