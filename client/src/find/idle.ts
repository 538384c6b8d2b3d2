/** So long, nothing that runs beside is in the way of who types: a fifth of what anybody feels. */
const SLICE_MS = 10;
/** A page that is never idle goes on all the same, slowly. */
const AT_LATEST_MS = 2_000;

/** When the browser has nothing better to do. */
export function untilIdle(): Promise<void> {
    return new Promise((resolve) => {
        if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: AT_LATEST_MS });
        else setTimeout(resolve, SLICE_MS);
    });
}

/** `await slices.rest()` between pieces of work: it returns at once, until a slice is used up. */
export class Slices {
    private began = performance.now();

    constructor(private readonly next: () => Promise<void> = untilIdle) {}

    async rest(): Promise<void> {
        if (performance.now() - this.began < SLICE_MS) return;
        await this.next();
        this.began = performance.now();
    }
}
