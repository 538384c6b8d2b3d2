import { type AuthDict, type IAuthData, MatrixError, type UIAuthCallback } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import type { Matrix } from "../matrix/matrix";
import { words } from "../words";

/** Somebody did not want to, after all. */
export class Cancelled extends Error {}

const PASSWORD = "m.login.password";

/**
 * Makes a request that may need the password (spec: "User-Interactive Authentication API"): first without, and where
 * the server asks for it, with what the person types; wrong ones are asked for again.
 * `request => authenticated(matrix)(request)`.
 */
export function authenticated<T = void>(matrix: Matrix, known?: string): UIAuthCallback<T> {
    return async (request) => {
        const challenge = await challengeOf(request);
        if ("answer" in challenge) return challenge.answer;
        const withPassword = (password: string): Promise<T> => request(authOf(matrix, challenge.session, password));
        if (known !== undefined) return await withPassword(known);
        return (await askForPassword(withPassword)).answer;
    };
}

/** Ask for the password, and return it when the server has said that it is right. */
export async function confirmPassword(matrix: Matrix): Promise<string> {
    // Logging out no device changes nothing, and needs the password like logging out one.
    const challenge = await challengeOf((auth) => matrix.client.deleteMultipleDevices([], auth ?? undefined));
    if ("answer" in challenge) return "";
    const attempt = (password: string): Promise<object> =>
        matrix.client.deleteMultipleDevices([], authOf(matrix, challenge.session, password));
    return (await askForPassword(attempt)).password;
}

/** Whether a refusal says that the password was wrong. */
export function isWrongPassword(error: unknown): boolean {
    return error instanceof MatrixError && (error.httpStatus === 401 || error.errcode === "M_FORBIDDEN");
}

export function authOf(matrix: Matrix, session: string | undefined, password: string): AuthDict {
    return {
        type: PASSWORD,
        identifier: { type: "m.id.user", user: matrix.me },
        password,
        ...(session === undefined ? {} : { session }),
    };
}

export async function challengeOf<T>(
    request: (auth: AuthDict | null) => Promise<T>,
): Promise<{ answer: T } | { session: string | undefined }> {
    try {
        return { answer: await request(null) };
    } catch (error) {
        if (!(error instanceof MatrixError) || error.httpStatus !== 401) throw error;
        const data = error.data as IAuthData;
        if (!data.flows?.some(({ stages }) => stages.length === 1 && stages[0] === PASSWORD))
            throw new Error(words.value.keys.passwordElsewhere);
        return { session: data.session };
    }
}

interface Answered<T> {
    answer: T;
    password: string;
}

function askForPassword<T>(attempt: (password: string) => Promise<T>): Promise<Answered<T>> {
    return new Promise((resolve, reject) => {
        openDialog((close) => (
            <PasswordDialog
                attempt={async (password) => {
                    const answer = await attempt(password);
                    resolve({ answer, password });
                    close();
                }}
                onClose={() => {
                    reject(new Cancelled());
                    close();
                }}
            />
        ));
    });
}

interface PasswordDialogProps {
    attempt: (password: string) => Promise<void>;
    onClose: () => void;
}

function PasswordDialog({ attempt, onClose }: PasswordDialogProps): JSX.Element {
    const { keys, session, common } = words.value;
    const [password, setPassword] = useState("");
    const [wrong, setWrong] = useState<string | undefined>();
    const [isBusy, setBusy] = useState(false);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy || !password) return;
        setBusy(true);
        setWrong(undefined);
        try {
            await attempt(password);
        } catch (error) {
            setWrong(isWrongPassword(error) ? keys.passwordWrong : keys.wrong);
            setBusy(false);
        }
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" busy={isBusy} onClick={() => void go()}>
                {keys.confirm}
            </Button>
        </>
    );
    return (
        <Dialog title={keys.passwordTitle} onClose={onClose} actions={actions}>
            <p>{keys.passwordWhy}</p>
            <form onSubmit={go}>
                <Field
                    label={session.password}
                    value={password}
                    onInput={setPassword}
                    kind="secret"
                    autocomplete="current-password"
                    wrong={wrong}
                    autoFocus
                />
            </form>
        </Dialog>
    );
}
