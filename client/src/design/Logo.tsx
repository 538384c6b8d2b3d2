import type { JSX } from "preact";
import "./Logo.css";

/** The telegraph of Claude Chappe: a beam on a mast, and an arm at each of its ends. `signals` lets the arms move. */
export function Logo({ size = 64, signals = false }: { size?: number; signals?: boolean }): JSX.Element {
    return (
        <svg
            class={signals ? "logo logo-signals" : "logo"}
            width={size}
            height={size}
            viewBox="0 0 64 64"
            aria-hidden="true"
        >
            <path class="logo-mast" d="M32 27V54M24 55h16" />
            <g class="logo-beam">
                <path d="M16 33L48 21" />
                <path class="logo-arm logo-arm-a" d="M16 33v13" />
                <path class="logo-arm logo-arm-b" d="M48 21V8" />
            </g>
            <circle class="logo-axle" cx="32" cy="27" r="3.2" />
        </svg>
    );
}
