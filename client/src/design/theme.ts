import { type ReadonlySignal, signal } from "@preact/signals";

export type Theme = "light" | "dark" | "system";

const CHOICE = "chappe.theme";
const chosen = signal<Theme>("system");

export const theme: ReadonlySignal<Theme> = chosen;

/** Before anything is drawn, so that nothing flashes. */
export function startTheme(): void {
    const stored = localStorage.getItem(CHOICE);
    chooseTheme(stored === "light" || stored === "dark" ? stored : "system");
}

export function chooseTheme(to: Theme): void {
    chosen.value = to;
    if (to === "system") {
        localStorage.removeItem(CHOICE);
        delete document.documentElement.dataset["theme"];
    } else {
        localStorage.setItem(CHOICE, to);
        document.documentElement.dataset["theme"] = to;
    }
}
