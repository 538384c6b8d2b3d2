import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { toast } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { cryptoOf } from "./crypto";
import { NotAKeyFile, openKeys, sealKeys, WrongPassphrase } from "./keyFile";
import { progressOf, readAgain } from "./restore";
import { saveFile } from "./saveFile";
import "./dialogs.css";

const MIN_PASSPHRASE = 12;

export function openExport(): void {
    openDialog((close) => <Export onClose={close} />);
}

export function openImport(): void {
    openDialog((close) => <Import onClose={close} />);
}

/** All keys of rooms that are on this device, in a file. */
function Export({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const [passphrase, setPassphrase] = useState("");
    const [again, setAgain] = useState("");
    const [wrong, setWrong] = useState<"short" | "different" | "other" | null>(null);
    const [isBusy, setBusy] = useState(false);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy) return;
        if (passphrase.length < MIN_PASSPHRASE) return setWrong("short");
        if (passphrase !== again) return setWrong("different");
        setBusy(true);
        setWrong(null);
        try {
            saveFile(keys.file.name, await sealKeys(await cryptoOf(matrix).exportRoomKeysAsJson(), passphrase));
            onClose();
        } catch (error) {
            console.error(error);
            setWrong("other");
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" icon="download" busy={isBusy} onClick={() => void go()}>
                {keys.file.save}
            </Button>
        </>
    );
    return (
        <Dialog title={keys.file.exportTitle} onClose={onClose} actions={actions}>
            <p>{keys.file.exportMore}</p>
            <form class="keys-form" onSubmit={go}>
                <Field
                    label={keys.file.passphrase}
                    value={passphrase}
                    onInput={setPassphrase}
                    kind="secret"
                    autocomplete="new-password"
                    wrong={wrong === "short" ? keys.first.passphraseShort : undefined}
                    autoFocus
                />
                <Field
                    label={keys.first.passphraseAgain}
                    value={again}
                    onInput={setAgain}
                    kind="secret"
                    autocomplete="new-password"
                    wrong={wrong === "different" ? keys.first.passphraseDiffers : undefined}
                />
                <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" />
            </form>
            {wrong === "other" && <p role="alert">{keys.wrong}</p>}
        </Dialog>
    );
}

function Import({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const input = useRef<HTMLInputElement>(null);
    const [file, setFile] = useState<File | null>(null);
    const [passphrase, setPassphrase] = useState("");
    const [wrong, setWrong] = useState<string | undefined>();
    const [isBusy, setBusy] = useState(false);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy || !file) return;
        setBusy(true);
        setWrong(undefined);
        try {
            const count = await take(matrix, await file.text(), passphrase);
            toast(keys.file.took(count));
            onClose();
        } catch (error) {
            setWrong(why(error));
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" busy={isBusy} disabled={!file || !passphrase} onClick={() => void go()}>
                {keys.file.take}
            </Button>
        </>
    );
    return (
        <Dialog title={keys.file.importTitle} onClose={onClose} actions={actions}>
            <p>{keys.file.importMore}</p>
            <form class="keys-form" onSubmit={go}>
                <input
                    ref={input}
                    type="file"
                    accept=".txt,text/plain"
                    hidden
                    aria-label={keys.file.choose}
                    onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
                />
                <Button onClick={() => input.current?.click()}>
                    {file ? keys.file.chosen(file.name) : keys.file.choose}
                </Button>
                <Field
                    label={keys.file.passphrase}
                    value={passphrase}
                    onInput={setPassphrase}
                    kind="secret"
                    wrong={wrong}
                />
                <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" />
            </form>
        </Dialog>
    );
}

async function take(matrix: Matrix, file: string, passphrase: string): Promise<number> {
    const json = await openKeys(file, passphrase);
    let count = 0;
    await cryptoOf(matrix).importRoomKeysAsJson(json, {
        progressCallback: (told) => {
            count = progressOf(told).total;
        },
    });
    await readAgain(matrix);
    return count;
}

function why(error: unknown): string {
    const { file, wrong } = words.value.keys;
    if (error instanceof WrongPassphrase) return file.wrong;
    if (error instanceof NotAKeyFile) return file.notOne;
    console.error(error);
    return wrong;
}
