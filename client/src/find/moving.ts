import type { TargetedKeyboardEvent } from "preact";

/** The arrow keys go from the field to what was found, from one to the next, and back. */
export function moveInResults(event: TargetedKeyboardEvent<HTMLElement>): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>("input, li > :is(a, button)")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = all[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at === -1 || !to) return;
    event.preventDefault();
    to.focus();
}
