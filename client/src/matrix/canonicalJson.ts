/** What has no canonical form: a decimal number, one beyond 2^53, half a surrogate pair. */
export class NotCanonical extends Error {}

/**
 * Canonical JSON (Matrix: appendices, "Canonical JSON"), the same bytes as `chappe/events/canonical_json.py` writes:
 * keys in the order of their code points, whole numbers only, nothing escaped that need not be.
 */
export function canonicalJson(value: unknown): string {
    if (value === null || typeof value === "boolean") return String(value);
    if (typeof value === "string") return text(value);
    if (typeof value === "number") {
        if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value}`);
        return value === 0 ? "0" : `${value}`;
    }
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
    if (typeof value !== "object") throw new NotCanonical(typeof value);
    const members = value as Record<string, unknown>;
    const keys = Object.keys(members).sort(byCodePoint);
    return `{${keys.map((key) => `${text(key)}:${canonicalJson(members[key])}`).join(",")}}`;
}

/** `JSON.stringify` escapes as the specification does, but for half surrogates: these have no UTF-8. */
function text(value: string): string {
    if (/\p{Surrogate}/u.test(value)) throw new NotCanonical("half a surrogate pair");
    return JSON.stringify(value);
}

/** Unlike the order of UTF-16, in which signs of two units stand before the last ones of one unit. */
function byCodePoint(one: string, other: string): number {
    const [these, those] = [[...one], [...other]];
    for (let i = 0; i < these.length && i < those.length; i++) {
        const difference = (these[i]?.codePointAt(0) ?? 0) - (those[i]?.codePointAt(0) ?? 0);
        if (difference !== 0) return difference;
    }
    return these.length - those.length;
}
