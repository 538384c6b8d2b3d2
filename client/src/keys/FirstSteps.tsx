import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { PaperKey } from "./PaperKey";
import { keepRecoveryKey, makeRecoveryKey, type RecoveryKey } from "./recovery";
import "./dialogs.css";

/** Long enough that guessing it costs more than it is worth: it is hashed half a million times. */
const MIN_PASSPHRASE = 16;

type Step = { kind: "why" } | { kind: "passphrase" } | { kind: "key"; made: RecoveryKey } | { kind: "done" };

/** What a recovery key is for, and making one. */
export function openFirstSteps(): void {
    openDialog((close) => <FirstSteps onClose={close} />);
}

function FirstSteps({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const [step, setStep] = useState<Step>({ kind: "why" });
    const [isBusy, setBusy] = useState(false);
    const [isWrong, setWrong] = useState(false);
    const attempt = async (next: () => Promise<Step>): Promise<void> => {
        setBusy(true);
        setWrong(false);
        try {
            setStep(await next());
        } catch (error) {
            console.error(error);
            setWrong(true);
        }
        setBusy(false);
    };
    const make = (passphrase?: string): Promise<void> =>
        attempt(async () => ({ kind: "key", made: await makeRecoveryKey(matrix, passphrase) }));
    const shared = { isBusy, isWrong, onClose };
    switch (step.kind) {
        case "why":
            return <Why {...shared} onMake={() => void make()} onPassphrase={() => setStep({ kind: "passphrase" })} />;
        case "passphrase":
            return <Passphrase {...shared} onChosen={(passphrase) => void make(passphrase)} />;
        case "key":
            return (
                <Key
                    {...shared}
                    made={step.made}
                    matrix={matrix}
                    onKept={() =>
                        void attempt(async () => {
                            await keepRecoveryKey(matrix, step.made);
                            return { kind: "done" };
                        })
                    }
                />
            );
        case "done":
            return <Done onClose={onClose} />;
    }
}

interface Shared {
    isBusy: boolean;
    isWrong: boolean;
    onClose: () => void;
}

function Wrong({ isWrong }: { isWrong: boolean }): JSX.Element | null {
    return isWrong ? <p role="alert">{words.value.keys.wrong}</p> : null;
}

interface WhyProps extends Shared {
    onMake: () => void;
    onPassphrase: () => void;
}

function Why({ isBusy, isWrong, onClose, onMake, onPassphrase }: WhyProps): JSX.Element {
    const { first, later } = words.value.keys;
    const actions = (
        <>
            <Button onClick={onClose}>{later}</Button>
            <Button kind="main" icon="key" busy={isBusy} onClick={onMake} autoFocus>
                {first.make}
            </Button>
        </>
    );
    return (
        <Dialog title={first.title} onClose={onClose} actions={actions}>
            <p>{first.why}</p>
            <p>{first.whatFor}</p>
            <p class="keys-notice">
                <Icon name="lock" />
                <span>{first.nobody}</span>
            </p>
            <button type="button" class="keys-link" onClick={onPassphrase}>
                {first.passphraseInstead}
            </button>
            <Wrong isWrong={isWrong} />
        </Dialog>
    );
}

interface PassphraseProps extends Shared {
    onChosen: (passphrase: string) => void;
}

function Passphrase({ isBusy, isWrong, onClose, onChosen }: PassphraseProps): JSX.Element {
    const { first, later, next } = words.value.keys;
    const [passphrase, setPassphrase] = useState("");
    const [again, setAgain] = useState("");
    const [isTried, setTried] = useState(false);
    const isShort = passphrase.trim().length < MIN_PASSPHRASE;
    const isDifferent = passphrase.trim() !== again.trim();
    const go = (event?: Event): void => {
        event?.preventDefault();
        setTried(true);
        if (!isShort && !isDifferent && !isBusy) onChosen(passphrase.trim());
    };
    const actions = (
        <>
            <Button onClick={onClose}>{later}</Button>
            <Button kind="main" busy={isBusy} onClick={() => go()}>
                {next}
            </Button>
        </>
    );
    return (
        <Dialog title={first.passphraseTitle} onClose={onClose} actions={actions}>
            <p>{first.passphraseIntro}</p>
            <form class="keys-form" onSubmit={go}>
                <Field
                    label={first.passphrase}
                    value={passphrase}
                    onInput={setPassphrase}
                    kind="secret"
                    hint={first.passphraseHint}
                    wrong={isTried && isShort ? first.passphraseShort : undefined}
                    autocomplete="new-password"
                    autoFocus
                />
                <Field
                    label={first.passphraseAgain}
                    value={again}
                    onInput={setAgain}
                    kind="secret"
                    wrong={isTried && !isShort && isDifferent ? first.passphraseDiffers : undefined}
                    autocomplete="new-password"
                />
                <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" />
            </form>
            <Wrong isWrong={isWrong} />
        </Dialog>
    );
}

interface KeyProps extends Shared {
    made: RecoveryKey;
    matrix: Matrix;
    onKept: () => void;
}

function Key({ made, matrix, isBusy, isWrong, onClose, onKept }: KeyProps): JSX.Element {
    const { first, later } = words.value.keys;
    const [isKept, setKept] = useState(false);
    const actions = (
        <>
            <Button onClick={onClose}>{later}</Button>
            <Button kind="main" busy={isBusy} disabled={!isKept} onClick={onKept}>
                {first.finish}
            </Button>
        </>
    );
    return (
        <Dialog title={first.keyTitle} onClose={onClose} actions={actions}>
            <p>{first.keyIntro}</p>
            <PaperKey recoveryKey={made.encodedPrivateKey} person={matrix.me} />
            <label class="keys-tick">
                <input type="checkbox" checked={isKept} onInput={(event) => setKept(event.currentTarget.checked)} />
                <span>{first.kept}</span>
            </label>
            <Wrong isWrong={isWrong} />
        </Dialog>
    );
}

function Done({ onClose }: { onClose: () => void }): JSX.Element {
    const { keys } = words.value;
    const actions = (
        <Button kind="main" onClick={onClose} autoFocus>
            {keys.done}
        </Button>
    );
    return (
        <Dialog title={keys.first.doneTitle} onClose={onClose} actions={actions}>
            <p class="keys-notice">
                <Icon name="check" />
                <span>{keys.first.doneText}</span>
            </p>
        </Dialog>
    );
}
