import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { NothingKept, recover, WrongKey } from "./recovery";
import { restoring } from "./restore";
import "./dialogs.css";

/** Confirm this device with the recovery key or the passphrase, and get back the older messages. */
export function openRestore(): void {
    openDialog((close) => <Restore onClose={close} />);
}

function Restore({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const said = keys.restore;
    const [typed, setTyped] = useState("");
    const [wrong, setWrong] = useState<string | undefined>();
    const [isBusy, setBusy] = useState(false);
    const [restored, setRestored] = useState<number | null>(null);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy || !typed.trim()) return;
        setBusy(true);
        setWrong(undefined);
        try {
            setRestored(await recover(matrix, typed));
        } catch (error) {
            setWrong(why(error));
        }
        setBusy(false);
    };
    if (restored !== null) {
        return (
            <Dialog
                title={said.doneTitle}
                onClose={onClose}
                actions={
                    <Button kind="main" onClick={onClose} autoFocus>
                        {keys.done}
                    </Button>
                }
            >
                <p class="keys-notice">
                    <Icon name="check" />
                    <span>{restored > 0 ? said.doneText(restored) : said.doneNone}</span>
                </p>
            </Dialog>
        );
    }
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" busy={isBusy} onClick={() => void go()}>
                {said.act}
            </Button>
        </>
    );
    return (
        <Dialog title={said.title} onClose={onClose} actions={actions}>
            <form onSubmit={go}>
                <Field
                    label={said.field}
                    value={typed}
                    onInput={setTyped}
                    kind="secret"
                    hint={said.hint}
                    wrong={wrong}
                    autoFocus
                />
            </form>
            <RestoreProgress />
        </Dialog>
    );
}

/** How far the kept keys have come, while they come. */
export function RestoreProgress(): JSX.Element | null {
    const { bannerRestoring, bannerRestoringStart } = words.value.keys;
    const now = restoring.value;
    if (!now) return null;
    const said = now.total > 0 ? bannerRestoring(now.done, now.total) : bannerRestoringStart;
    return (
        <div role="status">
            <p>{said}</p>
            <progress
                class="keys-progress"
                aria-label={said}
                {...(now.total > 0 ? { value: now.done, max: now.total } : {})}
            />
        </div>
    );
}

function why(error: unknown): string {
    const { restore, wrong } = words.value.keys;
    if (error instanceof WrongKey) return error.isMisshapen ? restore.wrongShape : restore.wrong;
    if (error instanceof NothingKept) return restore.nothing;
    console.error(error);
    return wrong;
}
