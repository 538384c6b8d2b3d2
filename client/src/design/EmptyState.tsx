import type { ComponentChildren, JSX } from "preact";
import { Logo } from "./Logo";
import "./EmptyState.css";

/** Nothing is here, and what one can do about it. */
export function EmptyState({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
    return (
        <div class="empty-state">
            <Logo size={72} />
            <h2>{title}</h2>
            <div class="empty-state-more">{children}</div>
        </div>
    );
}
