import { words } from "../words";
import type { Trouble } from "./api";

/** Why something was not sent, and what to do. */
export function inWords(trouble: Trouble): string {
    const { safety } = words.value;
    if (trouble.kind === "offline") return safety.offline;
    return trouble.kind === "tooMany" ? safety.tooMany : safety.refused(trouble.why);
}
