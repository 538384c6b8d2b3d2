/** When something was said, as short as it can be told: the time today, the day this week, or else the date. */
export function shortTime(at: number, language: string, now: number = Date.now()): string {
    if (at === 0) return "";
    const days = daysBetween(at, now);
    if (days === 0) return timeOfDay(at, language);
    if (days > 0 && days < 7) return formatter(language, { weekday: "short" }).format(at);
    return formatter(language, { day: "numeric", month: "short", ...(days > 300 ? { year: "numeric" } : {}) }).format(
        at,
    );
}

export function timeOfDay(at: number, language: string): string {
    return formatter(language, { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function longDate(at: number, language: string): string {
    return formatter(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** How many midnights lie between two moments, here. */
export function daysBetween(before: number, after: number): number {
    return Math.round((startOfDay(after) - startOfDay(before)) / 86_400_000);
}

export function startOfDay(at: number): number {
    return new Date(at).setHours(0, 0, 0, 0);
}

/** A formatter is dear to make and cheap to use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = language + JSON.stringify(options);
    let found = formatters.get(key);
    if (!found) {
        found = new Intl.DateTimeFormat(language, options);
        formatters.set(key, found);
    }
    return found;
}
