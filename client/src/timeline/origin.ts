import type { MatrixEvent } from "matrix-js-sdk";

/** Who said first what is forwarded. It is the word of whoever forwards it: nobody can check it. */
export const ORIGIN = "org.chappe.forwarded";

export interface Origin {
    name: string;
    at: number;
}

/** Where a message says that it comes from. */
export function originOf(event: MatrixEvent): Origin | null {
    const said: unknown = event.getContent()[ORIGIN];
    if (typeof said !== "object" || said === null) return null;
    const { name, at } = said as Record<string, unknown>;
    if (typeof name !== "string" || typeof at !== "number" || !Number.isFinite(at)) return null;
    return { name: name.slice(0, 200), at };
}
