import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Spinner } from "../design/Spinner";
import { useMatrix } from "../matrix/matrix";
import { Switch } from "../settings/Choice";
import { words } from "../words";
import { tellWorker } from "./started";
import { beginPush, endPush, wantsPush } from "./subscribe";

/** Whether this browser is told while Chappe is closed. Stands below whether there are notices at all. */
export function PushSwitch(): JSX.Element {
    const matrix = useMatrix();
    const { push } = words.value;
    const [isOn, setOn] = useState(wantsPush);
    const [isBusy, setBusy] = useState(false);
    const [hasFailed, setFailed] = useState(false);
    const change = async (to: boolean): Promise<void> => {
        if (isBusy) return;
        setBusy(true);
        setFailed(false);
        setOn(to);
        try {
            await (to ? beginPush(matrix.client) : endPush(matrix.client));
            tellWorker(matrix);
        } catch (error) {
            console.warn("Not told while closed", error);
            setFailed(to);
        }
        setOn(wantsPush());
        setBusy(false);
    };
    return (
        <>
            <div class="settings-row">
                <Switch label={push.whileClosed} isOn={isOn} onSwitch={(to) => void change(to)} />
                {isBusy && <Spinner />}
            </div>
            <p class="settings-soft">{push.whileClosedMore}</p>
            {hasFailed && (
                <p class="settings-wrong" role="alert">
                    {push.failed}
                </p>
            )}
        </>
    );
}
