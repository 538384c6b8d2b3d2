import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { words } from "../words";
import { Button, IconButton } from "./Button";
import { dialogs, openDialog } from "./dialogs";
import "./Dialog.css";

interface DialogProps {
    title: string;
    onClose: () => void;
    children?: ComponentChildren;
    /** The buttons at its end. */
    actions?: ComponentChildren;
    wide?: boolean;
}

/** A question or a small task above everything else. The browser keeps the focus inside, and Escape closes it. */
export function Dialog({ title, onClose, children, actions, wide = false }: DialogProps): JSX.Element {
    const ref = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const dialog = ref.current;
        if (dialog && !dialog.open) dialog.showModal();
    }, []);
    return (
        <dialog
            ref={ref}
            class={wide ? "dialog dialog-wide" : "dialog"}
            aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault();
                onClose();
            }}
            onPointerDown={(event) => {
                if (event.target === ref.current) onClose(); // beside the box: on the veil
            }}
        >
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2 id={id}>{title}</h2>
                    <IconButton icon="close" label={words.value.common.close} onClick={onClose} />
                </header>
                <div class="dialog-body scrolls">{children}</div>
                {actions && <footer class="dialog-actions">{actions}</footer>}
            </div>
        </dialog>
    );
}

/** Draws what `openDialog` was told. Stands once, where the messenger stands, so that dialogs have what it has. */
export function DialogHost(): JSX.Element {
    return (
        <>
            {dialogs.value.map(({ key, draw }) => (
                <div key={key}>{draw(() => undefined)}</div>
            ))}
        </>
    );
}

interface Question {
    title: string;
    text?: string;
    /** What the button says that does it. */
    yes: string;
    isDangerous?: boolean;
    /** Runs while the button turns; when it fails, the dialog says so and stays. */
    act: () => Promise<unknown> | undefined;
}

/** Ask before something is done that cannot be taken back. */
export function ask(question: Question): void {
    openDialog((close) => <Ask question={question} onClose={close} />);
}

function Ask({ question, onClose }: { question: Question; onClose: () => void }): JSX.Element {
    const { common } = words.value;
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState(false);
    const go = async (): Promise<void> => {
        setBusy(true);
        setWrong(false);
        try {
            await question.act();
            onClose();
        } catch {
            setWrong(true);
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose} autoFocus>
                {common.cancel}
            </Button>
            <Button kind={question.isDangerous ? "danger" : "main"} busy={isBusy} onClick={go}>
                {question.yes}
            </Button>
        </>
    );
    return (
        <Dialog title={question.title} onClose={onClose} actions={actions}>
            {question.text && <p>{question.text}</p>}
            {wrong && <p role="alert">{common.somethingBroke}</p>}
        </Dialog>
    );
}
