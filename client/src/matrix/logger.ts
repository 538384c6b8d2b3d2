import type { Logger } from "matrix-js-sdk/lib/logger";

const silent = (): void => undefined;

/** The SDK tells a lot. Here it is heard only when something is wrong, or in development. */
export const quiet: Logger = {
    trace: silent,
    debug: import.meta.env.DEV ? console.debug : silent,
    info: silent,
    warn: import.meta.env.DEV ? console.warn : silent,
    error: (...said: unknown[]) => console.error(...said),
    getChild: () => quiet,
};
