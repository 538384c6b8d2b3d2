import { effect } from "@preact/signals";
import type { Started } from "../app/parts";
import { keepSnapshot } from "./snapshot";

/** Not with every message: what was there a moment ago is good enough to begin with. */
const AT_MOST_EVERY_MS = 10_000;
const AFTER_MS = 2_000;

/** The top of the list is kept, for the next time. */
const start: Started = (matrix) => {
    let timer: number | undefined;
    let keptAt = 0;
    const keep = (): void => {
        timer = undefined;
        keptAt = Date.now();
        keepSnapshot(matrix).catch((error: unknown) => console.warn("The list is not kept", error));
    };
    const stop = effect(() => {
        void matrix.rooms.chats.value;
        const wait = Math.max(AFTER_MS, keptAt + AT_MOST_EVERY_MS - Date.now());
        timer ??= window.setTimeout(keep, wait);
    });
    return () => {
        stop();
        clearTimeout(timer);
    };
};

export default start;
