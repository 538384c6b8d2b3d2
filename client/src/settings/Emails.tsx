import "./Keywords.css";
import { MatrixError } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { Button, IconButton } from "../design/Button";
import { ask } from "../design/Dialog";
import { Field } from "../design/Field";
import { Spinner } from "../design/Spinner";
import { toast } from "../design/Toasts";
import { authenticated, isWrongPassword } from "../keys/authenticated";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";

/** A letter that was sent, and whose link is to be opened. */
interface Asked {
    address: string;
    sid: string;
    client_secret: string;
}

type State = readonly string[] | "loading" | "failed" | "none";

/** The mail addresses of the account. Nothing where the server sends no mail. */
export function Emails(): JSX.Element | null {
    const { client } = useMatrix();
    const { emails, common } = words.value;
    const [state, setState] = useState<State>("loading");
    const load = useCallback(async () => {
        try {
            if ((await client.getCapabilities())["m.3pid_changes"]?.enabled === false) return setState("none");
            const { threepids } = await client.getThreePids();
            setState(threepids.flatMap(({ medium, address }) => (medium === "email" ? [address] : [])));
        } catch (error) {
            console.warn("No addresses", error);
            setState("failed");
        }
    }, [client]);
    useEffect(() => void load(), [load]);
    if (state === "none") return null;
    const remove = async (address: string): Promise<void> => {
        await client.deleteThreePid("email", address);
        await load();
    };
    return (
        <div class="settings-part">
            <h4>{emails.title}</h4>
            <p class="settings-soft">{emails.more}</p>
            {state === "loading" && <Spinner label={common.loading} />}
            {state === "failed" && (
                <p role="alert">
                    {emails.notHere} <Button onClick={() => void load()}>{common.again}</Button>
                </p>
            )}
            {typeof state !== "string" && (
                <>
                    {state.length === 0 && <p>{emails.none}</p>}
                    <ul class="settings-people">
                        {state.map((address) => (
                            <li key={address} class="settings-person">
                                <bdi>{address}</bdi>
                                <IconButton
                                    icon="close"
                                    label={emails.remove(address)}
                                    onClick={() =>
                                        ask({
                                            title: emails.removeTitle(address),
                                            text: emails.removeMore,
                                            yes: emails.removeYes,
                                            act: () => remove(address),
                                        })
                                    }
                                />
                            </li>
                        ))}
                    </ul>
                    <NewEmail onAdded={load} />
                </>
            )}
        </div>
    );
}

function NewEmail({ onAdded }: { onAdded: () => Promise<void> }): JSX.Element {
    const matrix = useMatrix();
    const { client } = matrix;
    const { emails, common, settings } = words.value;
    const [password, setPassword] = useState("");
    const [address, setAddress] = useState("");
    const [asked, setAsked] = useState<Asked | null>(null);
    const [wrong, setWrong] = useState<string>();
    const [isBusy, setBusy] = useState(false);
    const doing = async (act: () => Promise<void>): Promise<void> => {
        if (isBusy) return;
        setBusy(true);
        setWrong(undefined);
        try {
            await act();
        } catch (error) {
            setWrong(isWrongPassword(error) ? settings.wrongPassword : whyNot(error));
        }
        setBusy(false);
    };
    const send = async (): Promise<void> => {
        const secret = crypto.randomUUID();
        const { sid } = await client.requestAdd3pidEmailToken(address.trim(), secret, 1);
        setAsked({ address: address.trim(), sid, client_secret: secret });
    };
    const finish = async ({ sid, client_secret }: Asked): Promise<void> => {
        await authenticated<object>(
            matrix,
            password,
        )((auth) => client.addThreePidOnly({ sid, client_secret, ...(auth && { auth }) } as never));
        setAsked(null);
        setAddress("");
        setPassword("");
        toast(emails.added);
        await onAdded();
    };
    if (asked) {
        return (
            <form
                class="settings-part"
                onSubmit={(event) => {
                    event.preventDefault();
                    void doing(() => finish(asked));
                }}
            >
                <p role="status">{emails.sent(asked.address)}</p>
                <Field
                    label={settings.passwordNow}
                    value={password}
                    onInput={setPassword}
                    kind="secret"
                    autocomplete="current-password"
                    wrong={wrong}
                    required
                />
                <div class="settings-row">
                    <Button kind="main" type="submit" busy={isBusy} disabled={!password}>
                        {emails.confirmed}
                    </Button>
                    <Button onClick={() => setAsked(null)}>{common.cancel}</Button>
                </div>
            </form>
        );
    }
    return (
        <form
            class="keywords-new"
            onSubmit={(event) => {
                event.preventDefault();
                void doing(send);
            }}
        >
            <Field label={emails.address} value={address} onInput={setAddress} wrong={wrong} autocomplete="email" />
            <Button type="submit" busy={isBusy} disabled={!address.trim()}>
                {emails.add}
            </Button>
        </form>
    );
}

function whyNot(error: unknown): string {
    const { emails, settings } = words.value;
    console.warn("No address", error);
    switch (error instanceof MatrixError ? error.errcode : "") {
        case "M_THREEPID_AUTH_FAILED":
            return emails.notConfirmed;
        case "M_THREEPID_IN_USE":
            return emails.taken;
        case "M_INVALID_PARAM":
            return emails.malformed;
        case "M_LIMIT_EXCEEDED":
            return emails.tooMany;
        default:
            return settings.notSaved;
    }
}
