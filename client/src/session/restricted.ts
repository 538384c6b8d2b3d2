/** Under which the server tells of a restriction: in a refusal, in `unsigned` of an event. */
export const RESTRICTED = "org.chappe.restricted";

/** What the server tells of a restriction to whoever it applies to (`chappe/restrictions/told.py`). */
export interface Restriction {
    measure: string;
    territories: string[];
    decision: string;
    ground: "law" | "terms" | "order";
    /** A category of the safety desk. */
    reason: string;
    since: number;
    /** Missing: until it is lifted. */
    until?: number;
    told: { authority?: string; law?: string; reference?: string; contest?: string };
}

/** The restriction in a refusal, or in what stands in the place of something. */
export function restrictionIn(body: Record<string, unknown>): Restriction | null {
    const found = body[RESTRICTED];
    if (typeof found !== "object" || found === null) return null;
    const { measure, territories, decision, ground, reason, since, until, told } = found as Partial<Restriction>;
    if (typeof measure !== "string" || typeof decision !== "string") return null;
    return {
        measure,
        territories: Array.isArray(territories) ? territories.map(String) : [],
        decision,
        ground: ground === "law" || ground === "order" ? ground : "terms",
        reason: typeof reason === "string" ? reason : "",
        since: typeof since === "number" ? since : 0,
        ...(typeof until === "number" && { until }),
        told: typeof told === "object" && told !== null ? told : {},
    };
}
