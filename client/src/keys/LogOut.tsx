import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { logOut } from "../matrix/open";
import { words } from "../words";
import { openFirstSteps } from "./FirstSteps";
import { keysOf } from "./state";
import "./dialogs.css";

/** Ask before the keys are removed from this device, and say what that costs. */
export function openLogOut(): void {
    openDialog((close) => <LogOut onClose={close} />);
}

function LogOut({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { session, common, keys } = words.value;
    const [isBusy, setBusy] = useState(false);
    const { view, remaining, devices } = keysOf(matrix);
    const { hasRecovery, canConfirm, backup } = view.value;
    useEffect(() => void keysOf(matrix).count(), [matrix]);
    const hasOther = devices.value.some(({ id, isConfirmed }) => isConfirmed && id !== matrix.session.deviceId);
    const left = backup === null ? 0 : (remaining.value ?? 0);
    const hasAny = matrix.rooms.chats.value.some(({ isEncrypted }) => isEncrypted);
    const isSafe = !hasAny || (backup !== null && hasRecovery && left === 0);
    const said = !hasAny
        ? keys.out.nothing
        : isSafe
          ? keys.out.safe
          : hasRecovery && left > 0
            ? keys.out.left(left)
            : hasOther
              ? keys.out.onlyDevices
              : keys.out.unsafe;
    const go = async (): Promise<void> => {
        setBusy(true);
        await logOut(matrix);
    };
    const canMake = hasAny && canConfirm && !hasRecovery;
    const actions = (
        <>
            <Button onClick={onClose} autoFocus={!canMake}>
                {common.cancel}
            </Button>
            <Button kind="danger" busy={isBusy} onClick={go}>
                {session.logOut}
            </Button>
            {canMake && (
                <Button
                    kind="main"
                    icon="key"
                    autoFocus
                    onClick={() => {
                        onClose();
                        openFirstSteps();
                    }}
                >
                    {keys.out.keep}
                </Button>
            )}
        </>
    );
    return (
        <Dialog title={keys.out.title} onClose={onClose} actions={actions}>
            <p class={isSafe ? "keys-notice" : "keys-notice keys-warning"}>
                <Icon name={isSafe ? "check" : "warn"} />
                <span>{said}</span>
            </p>
        </Dialog>
    );
}
