import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { toast, trying } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { authOf, challengeOf, isWrongPassword } from "./authenticated";
import { openComparison } from "./Comparison";
import { cryptoOf } from "./crypto";
import type { Device } from "./devices";
import { dismiss } from "./newDevices";
import { keysOf } from "./state";
import "./dialogs.css";

/** Somebody has logged in: this person, who then compares, or a stranger, who then is logged out. */
export function openNewDevice(device: Device, wasMe: boolean): void {
    openDialog((close) =>
        wasMe ? <Later device={device} onClose={close} /> : <Stranger device={device} onClose={close} />,
    );
}

/** Compare with it now, or put it off: it may be in another room. */
function Later({ device, onClose }: { device: Device; onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys } = words.value;
    const [isBusy, setBusy] = useState(false);
    const go = async (): Promise<void> => {
        setBusy(true);
        if (await trying(confirmDevice(matrix, device.id))) onClose();
        setBusy(false);
    };
    const actions = (
        <>
            <Button
                onClick={() => {
                    dismiss(device.id);
                    onClose();
                }}
            >
                {keys.later}
            </Button>
            <Button kind="main" busy={isBusy} onClick={go} autoFocus>
                {keys.devices.confirm}
            </Button>
        </>
    );
    return (
        <Dialog title={keys.devices.was(device.name)} onClose={onClose} actions={actions}>
            <p>{keys.devices.wasMine}</p>
        </Dialog>
    );
}

/** Compare with a device of one's own. */
export async function confirmDevice(matrix: Matrix, deviceId: string): Promise<true> {
    openComparison(matrix, await cryptoOf(matrix).requestDeviceVerification(matrix.me, deviceId));
    return true;
}

function Stranger({ device, onClose }: { device: Device; onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const said = keys.devices;
    const [before, setBefore] = useState("");
    const [after, setAfter] = useState("");
    const [wrong, setWrong] = useState<"password" | "weak" | "other" | null>(null);
    const [isBusy, setBusy] = useState(false);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy) return;
        if (after.length < 8) return setWrong("weak");
        setBusy(true);
        setWrong(null);
        try {
            await throwOut(matrix, device.id, before, after);
            toast(said.acted);
            onClose();
        } catch (error) {
            console.error(error);
            setWrong(isWrongPassword(error) ? "password" : "other");
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="danger" busy={isBusy} onClick={() => void go()}>
                {said.act}
            </Button>
        </>
    );
    return (
        <Dialog title={said.was(device.name)} onClose={onClose} actions={actions}>
            <p class="keys-notice keys-warning">
                <Icon name="warn" />
                <span>{said.wasMore}</span>
            </p>
            <form class="keys-form" onSubmit={go}>
                <Field
                    label={said.password}
                    value={before}
                    onInput={setBefore}
                    kind="secret"
                    autocomplete="current-password"
                    wrong={wrong === "password" ? keys.passwordWrong : undefined}
                    autoFocus
                />
                <Field
                    label={said.newPassword}
                    value={after}
                    onInput={setAfter}
                    kind="secret"
                    autocomplete="new-password"
                    hint={said.newPasswordHint}
                    wrong={wrong === "weak" ? said.weak : undefined}
                />
                <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" />
            </form>
            {wrong === "other" && <p role="alert">{keys.wrong}</p>}
        </Dialog>
    );
}

/** First the device, then the password: whoever is in must be out before they can change it themselves. */
async function throwOut(matrix: Matrix, deviceId: string, before: string, after: string): Promise<void> {
    const { client } = matrix;
    const challenge = await challengeOf((auth) => client.deleteDevice(deviceId, auth ?? undefined));
    if ("session" in challenge) await client.deleteDevice(deviceId, authOf(matrix, challenge.session, before));
    await client.setPassword(authOf(matrix, undefined, before), after, false);
    await keysOf(matrix).look();
}
