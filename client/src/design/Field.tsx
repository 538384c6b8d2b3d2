import type { InputHTMLAttributes, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { words } from "../words";
import { IconButton } from "./Button";
import "./Field.css";

interface FieldProps {
    label: string;
    value: string;
    onInput: (value: string) => void;
    hint?: string;
    /** What is wrong with the value. */
    wrong?: string | undefined;
    /** `secret` is hidden until the person asks to see it; `words` are in the language, and direction, of who writes them. */
    kind?: "text" | "secret" | "search" | "words";
    autocomplete?: string;
    autoFocus?: boolean;
    required?: boolean;
    disabled?: boolean;
}

/** One line of text with its label, and below it what is wrong, or else a hint. */
export function Field(props: FieldProps): JSX.Element {
    const {
        label,
        value,
        onInput,
        hint,
        wrong,
        kind = "text",
        autocomplete = "off",
        autoFocus,
        required,
        disabled,
    } = props;
    const id = useId();
    const [isShown, show] = useState(false);
    const below = wrong ?? hint;
    const { showPassword, hidePassword } = words.value.session;
    // Which attributes an input may have depends on its type, which is not known before.
    const attributes = {
        id,
        type: kind === "secret" && !isShown ? "password" : "text",
        role: kind === "search" ? "searchbox" : undefined, // the type would take Escape for itself, which closes a dialog
        value,
        onInput: (event) => onInput(event.currentTarget.value),
        autocomplete,
        autocapitalize: kind === "words" ? "sentences" : "none",
        spellcheck: kind === "words",
        dir: kind === "search" || kind === "words" ? "auto" : "ltr",
        autofocus: autoFocus,
        required,
        disabled,
        "aria-invalid": wrong !== undefined,
        "aria-describedby": below ? `${id}-below` : undefined,
    } as InputHTMLAttributes<HTMLInputElement>;
    return (
        <div class={wrong ? "field field-wrong" : "field"}>
            <label for={id}>{label}</label>
            <div class="field-box">
                <input {...attributes} />
                {kind === "secret" && (
                    <IconButton
                        icon="eye"
                        label={isShown ? hidePassword : showPassword}
                        pressed={isShown}
                        onClick={() => show(!isShown)}
                    />
                )}
            </div>
            {below && (
                <p id={`${id}-below`} class="field-below" role={wrong ? "alert" : undefined}>
                    {below}
                </p>
            )}
        </div>
    );
}
