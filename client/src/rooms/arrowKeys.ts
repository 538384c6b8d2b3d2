const ROWS = "a[href], button:not([disabled])";

/** The arrow keys go from row to row of a list that is drawn whole, and stay at its ends. */
export function moveAmongRows(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.currentTarget instanceof HTMLElement)) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(ROWS)];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = rows[at + step];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
}

/** From the field of a search into what it has found. */
export function enterRows(event: KeyboardEvent): void {
    const first = document.querySelector<HTMLElement>(`.found :is(${ROWS})`);
    if (!first) return;
    event.preventDefault();
    first.focus();
}
