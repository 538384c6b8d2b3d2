import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { words } from "../words";
import "./Toasts.css";

interface Toast {
    key: number;
    text: string;
    isWrong: boolean;
}

const toasts = signal<readonly Toast[]>([]);
const STAYS_MS = 5_000;
let count = 0;

/** Say something in passing, read out by readers of screens. What must be acted on is no toast. */
export function toast(text: string, { isWrong = false } = {}): void {
    const key = ++count;
    const others = toasts.value.filter((each) => each.text !== text); // the same twice says no more than once
    toasts.value = [...others.slice(-2), { key, text, isWrong }];
    setTimeout(() => {
        toasts.value = toasts.value.filter((each) => each.key !== key);
    }, STAYS_MS);
}

/**
 * Await something whose failure is told in passing: `onClick={() => trying(client.leave(id))}`. Where there is more to
 * say about a failure, `why` says it.
 */
export async function trying<T>(promise: Promise<T>, why?: (error: unknown) => string | null): Promise<T | undefined> {
    try {
        return await promise;
    } catch (error) {
        console.error(error);
        toast(why?.(error) ?? words.value.common.somethingBroke, { isWrong: true });
        return undefined;
    }
}

/** Draws the toasts. Stands once, at the root. */
export function ToastHost(): JSX.Element {
    return (
        <div class="toasts" role="status" aria-live="polite">
            {toasts.value.map(({ key, text, isWrong }) => (
                <p key={key} class={isWrong ? "toast toast-wrong" : "toast"}>
                    {text}
                </p>
            ))}
        </div>
    );
}
