import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import "./TextArea.css";

interface TextAreaProps {
    label: string;
    hint?: string;
    value: string;
    onInput: (value: string) => void;
    maxChars: number;
    required?: boolean;
    autoFocus?: boolean;
}

/** Several lines of text with their label. */
export function TextArea({ label, hint, value, onInput, maxChars, required, autoFocus }: TextAreaProps): JSX.Element {
    const id = useId();
    const field = useRef<HTMLTextAreaElement>(null);
    useEffect(() => {
        if (autoFocus) field.current?.focus();
    }, [autoFocus]);
    return (
        <div class="text-area">
            <label for={id}>{label}</label>
            <textarea
                ref={field}
                id={id}
                class="scrolls"
                rows={4}
                dir="auto"
                value={value}
                maxLength={maxChars}
                required={required}
                aria-describedby={hint ? `${id}-hint` : undefined}
                onInput={(event) => onInput(event.currentTarget.value)}
            />
            {hint && (
                <p id={`${id}-hint`} class="text-area-hint">
                    {hint}
                </p>
            )}
        </div>
    );
}
