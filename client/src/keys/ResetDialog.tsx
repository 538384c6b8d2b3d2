import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon } from "../design/Icon";
import { toast } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { Cancelled } from "./authenticated";
import { openFirstSteps } from "./FirstSteps";
import { beginAgain } from "./reset";
import "./dialogs.css";

/** Begin again with new keys: what is lost, what stays, and then a new recovery key. */
export function openReset(): void {
    openDialog((close) => <Reset onClose={close} />);
}

function Reset({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const said = keys.reset;
    const [isBusy, setBusy] = useState(false);
    const [isWrong, setWrong] = useState(false);
    const go = async (): Promise<void> => {
        setBusy(true);
        setWrong(false);
        try {
            await beginAgain(matrix);
            onClose();
            toast(said.doneTitle);
            openFirstSteps();
        } catch (error) {
            if (!(error instanceof Cancelled)) {
                console.error(error);
                setWrong(true);
            }
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose} autoFocus>
                {common.cancel}
            </Button>
            <Button kind="danger" busy={isBusy} onClick={go}>
                {said.act}
            </Button>
        </>
    );
    return (
        <Dialog title={said.title} onClose={onClose} actions={actions}>
            <ul class="keys-facts">
                <li class="keys-lost">
                    <Icon name="warn" />
                    {said.lost}
                </li>
                <li>
                    <Icon name="people" />
                    {said.told}
                </li>
                <li>
                    <Icon name="devices" />
                    {said.others}
                </li>
                <li class="keys-stays">
                    <Icon name="check" />
                    {said.stays}
                </li>
            </ul>
            {isWrong && <p role="alert">{keys.wrong}</p>}
        </Dialog>
    );
}
