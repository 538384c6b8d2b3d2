import { type ReadonlySignal, signal } from "@preact/signals";

export type TextSize = "small" | "normal" | "large" | "larger";

export const TEXT_SIZES: readonly TextSize[] = ["small", "normal", "large", "larger"];

const CHOICE = "chappe.textSize";
const chosen = signal<TextSize>("normal");

export const textSize: ReadonlySignal<TextSize> = chosen;

/** Before anything is drawn. */
export function startTextSize(): void {
    const stored = localStorage.getItem(CHOICE);
    chooseTextSize(TEXT_SIZES.find((each) => each === stored) ?? "normal");
}

/** All sizes are in rem, so the size of the root is the size of everything. */
export function chooseTextSize(to: TextSize): void {
    chosen.value = to;
    if (to === "normal") {
        localStorage.removeItem(CHOICE);
        delete document.documentElement.dataset["text"];
    } else {
        localStorage.setItem(CHOICE, to);
        document.documentElement.dataset["text"] = to;
    }
}
