import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon, type IconName } from "../design/Icon";
import { trying } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { openComparison } from "./Comparison";
import { cryptoOf } from "./crypto";
import { openReset } from "./ResetDialog";
import { openRestore } from "./RestoreDialog";
import { keysOf } from "./state";
import "./dialogs.css";

/** How this device is confirmed: at another one, with the recovery key, or else by beginning again. */
export function openConfirmDevice(): void {
    openDialog((close) => <ConfirmDevice onClose={close} />);
}

function ConfirmDevice({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { device, later } = words.value.keys;
    const keys = keysOf(matrix);
    const [isBusy, setBusy] = useState(false);
    const others = keys.devices.value.filter(({ id, isConfirmed }) => isConfirmed && id !== matrix.session.deviceId);
    const instead = (open: () => void): void => {
        onClose();
        open();
    };
    const compare = async (): Promise<void> => {
        setBusy(true);
        if (await trying(compareWithOwn(matrix))) onClose();
        setBusy(false);
    };
    return (
        <Dialog title={device.title} onClose={onClose} actions={<Button onClick={onClose}>{later}</Button>}>
            <p>{device.intro}</p>
            <ul class="keys-ways">
                {others.length > 0 && (
                    <Way
                        icon="devices"
                        said={device.withOther}
                        more={device.withOtherMore}
                        onClick={() => void (isBusy || compare())}
                    />
                )}
                {keys.view.value.hasRecovery && (
                    <Way
                        icon="key"
                        said={device.withKey}
                        more={device.withKeyMore}
                        onClick={() => instead(openRestore)}
                    />
                )}
                <Way
                    icon="again"
                    said={device.withNothing}
                    more={device.withNothingMore}
                    onClick={() => instead(openReset)}
                />
            </ul>
        </Dialog>
    );
}

/** Ask all other devices of this person at once; whichever answers first is compared with. */
async function compareWithOwn(matrix: Matrix): Promise<boolean> {
    openComparison(matrix, await cryptoOf(matrix).requestOwnUserVerification());
    return true;
}

interface WayProps {
    icon: IconName;
    said: string;
    more: string;
    onClick: () => void;
}

function Way({ icon, said, more, onClick }: WayProps): JSX.Element {
    return (
        <li>
            <button type="button" class="keys-way" onClick={onClick}>
                <Icon name={icon} size={24} />
                <span>
                    <strong>{said}</strong>
                    <small>{more}</small>
                </span>
            </button>
        </li>
    );
}
