import type { JSX } from "preact";
import "./Spinner.css";

/** Something is on its way. `label` says what, where no text around it does. */
export function Spinner({ label, size = 18 }: { label?: string; size?: number }): JSX.Element {
    return (
        <span class="spinner" role={label ? "status" : undefined}>
            <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
                <circle cx="12" cy="12" r="9" />
                <path d="M12 3a9 9 0 0 1 9 9" />
            </svg>
            {label && <span class="unseen">{label}</span>}
        </span>
    );
}
