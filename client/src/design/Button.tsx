import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./Icon";
import { Spinner } from "./Spinner";
import "./Button.css";

interface Shared {
    onClick?: (event: MouseEvent) => void;
    disabled?: boolean;
    class?: string;
}

interface ButtonProps extends Shared {
    children: ComponentChildren;
    /** `main`: the one thing to do here. `plain`: others. `danger`: what cannot be taken back. */
    kind?: "main" | "plain" | "danger";
    type?: "button" | "submit";
    /** It is doing it: the button stays where it is, and takes no second click. */
    busy?: boolean;
    icon?: IconName;
    autoFocus?: boolean;
}

export function Button(props: ButtonProps): JSX.Element {
    const { children, kind = "plain", type = "button", busy = false, icon, disabled, onClick, autoFocus } = props;
    return (
        <button
            type={type}
            class={`button button-${kind} ${props.class ?? ""}`}
            disabled={disabled}
            aria-disabled={busy}
            aria-busy={busy}
            autofocus={autoFocus}
            onClick={(event) => {
                if (busy) event.preventDefault();
                else onClick?.(event);
            }}
        >
            {busy ? <Spinner /> : icon && <Icon name={icon} />}
            <span>{children}</span>
        </button>
    );
}

interface IconButtonProps extends Shared {
    icon: IconName;
    /** What it does, for who listens, and as a tooltip. */
    label: string;
    pressed?: boolean;
    expanded?: boolean;
    hasMenu?: boolean;
    type?: "button" | "submit";
    size?: number;
}

export function IconButton(props: IconButtonProps): JSX.Element {
    const { icon, label, pressed, expanded, hasMenu, type = "button", size = 22, disabled, onClick } = props;
    return (
        <button
            type={type}
            class={`icon-button ${props.class ?? ""}`}
            aria-label={label}
            title={label}
            aria-pressed={pressed}
            aria-expanded={expanded}
            aria-haspopup={hasMenu ? "menu" : undefined}
            disabled={disabled}
            onClick={onClick}
        >
            <Icon name={icon} size={size} />
        </button>
    );
}
