import { type AuthDict, MatrixError } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../../app/route";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { openDialog } from "../../design/dialogs";
import { Field } from "../../design/Field";
import { toast } from "../../design/Toasts";
import { authenticated, isWrongPassword } from "../../keys/authenticated";
import { useMatrix } from "../../matrix/matrix";
import { logOut } from "../../matrix/open";
import { words } from "../../words";
import { Switch } from "../Choice";
import { Emails } from "../Emails";
import type { SettingsPage } from "../registry";

function Account(): JSX.Element {
    const { settings } = words.value;
    return (
        <>
            <ChangePassword />
            <Emails />
            <div class="settings-part">
                <h4>{settings.deactivate}</h4>
                <p class="settings-soft">{settings.deactivateMore}</p>
                <Button kind="danger" onClick={() => openDialog((close) => <Deactivate onClose={close} />)}>
                    {settings.deactivate}
                </Button>
            </div>
        </>
    );
}

function ChangePassword(): JSX.Element {
    const matrix = useMatrix();
    const { client } = matrix;
    const { settings, session } = words.value;
    const [before, setBefore] = useState("");
    const [after, setAfter] = useState("");
    const [others, setOthers] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<{ before?: string; after?: string }>({});
    const change = async (): Promise<void> => {
        if (isBusy) return;
        setBusy(true);
        setWrong({});
        try {
            const proven = authenticated<object>(matrix, before);
            // The first request has no proof yet; the SDK's type does not know that.
            await proven((auth) => client.setPassword((auth ?? undefined) as AuthDict, after, others));
            setBefore("");
            setAfter("");
            toast(settings.passwordChanged);
        } catch (error) {
            if (isWrongPassword(error)) setWrong({ before: settings.wrongPassword });
            else if (error instanceof MatrixError && error.errcode === "M_WEAK_PASSWORD")
                setWrong({ after: session.passwordWeak });
            else setWrong({ after: settings.notSaved });
        }
        setBusy(false);
    };
    return (
        <form
            class="settings-part"
            onSubmit={(event) => {
                event.preventDefault();
                void change();
            }}
        >
            <h4>{settings.changePassword}</h4>
            <Field
                label={settings.passwordNow}
                value={before}
                onInput={setBefore}
                kind="secret"
                autocomplete="current-password"
                wrong={wrong.before}
                required
            />
            <Field
                label={settings.passwordNew}
                value={after}
                onInput={setAfter}
                kind="secret"
                autocomplete="new-password"
                hint={session.newPasswordHint}
                wrong={wrong.after}
                required
            />
            <Switch label={settings.logOutOthers} isOn={others} onSwitch={setOthers} />
            <Button kind="main" type="submit" busy={isBusy} disabled={!before || !after}>
                {settings.changePassword}
            </Button>
        </form>
    );
}

/** Ends the account for good, and says before what that means. */
function Deactivate({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { settings, common } = words.value;
    const [password, setPassword] = useState("");
    const [erase, setErase] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string>();
    const go = async (): Promise<void> => {
        setBusy(true);
        setWrong(undefined);
        try {
            const proven = authenticated<object>(matrix, password);
            await proven((auth) => matrix.client.deactivateAccount(auth ?? undefined, erase));
        } catch (error) {
            setWrong(isWrongPassword(error) ? settings.wrongPassword : common.somethingBroke);
            setBusy(false);
            return;
        }
        onClose();
        await logOut(matrix);
        navigate({ name: "log-in" }, { replace: true });
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="danger" busy={isBusy} disabled={!password} onClick={() => void go()}>
                {settings.deactivateYes}
            </Button>
        </>
    );
    return (
        <Dialog title={settings.deactivateTitle} onClose={onClose} actions={actions}>
            <div class="settings-part">
                <p>{settings.deactivateWarning}</p>
                <Switch label={settings.erase} isOn={erase} onSwitch={setErase} />
                <p class="settings-soft">{settings.eraseMore}</p>
                <Field
                    label={settings.passwordNow}
                    value={password}
                    onInput={setPassword}
                    kind="secret"
                    autocomplete="current-password"
                    wrong={wrong}
                />
            </div>
        </Dialog>
    );
}

export default {
    name: "account",
    order: 30,
    icon: "lock",
    title: () => words.value.settings.account,
    Page: Account,
} satisfies SettingsPage;
