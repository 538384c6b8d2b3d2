import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export interface OpenDialog {
    key: number;
    draw: (close: () => void) => ComponentChildren;
}

let count = 0;

/** From the lowest to the topmost; `DialogHost` draws them. */
export const dialogs = signal<readonly OpenDialog[]>([]);

/** Show a dialog: `openDialog((close) => <Leave room={room} onClose={close} />)`. */
export function openDialog(draw: OpenDialog["draw"]): () => void {
    const key = ++count;
    const close = (): void => {
        dialogs.value = dialogs.value.filter((each) => each.key !== key);
    };
    dialogs.value = [...dialogs.value, { key, draw: () => draw(close) }];
    return close;
}

export function closeDialogs(): void {
    dialogs.value = [];
}
