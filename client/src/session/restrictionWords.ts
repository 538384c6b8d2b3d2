import { language, words } from "../words";
import { countryNames } from "./countries";
import type { Restriction } from "./restricted";

/** That something is restricted, in one line. */
export function titleOf({ measure, territories }: Restriction): string {
    const { safety } = words.value;
    if (territories.length > 0) return safety.withheldIn(countryNames(territories, language.value));
    return (safety.restrictedAs as Record<string, string>)[measure] ?? safety.restrictedAs.withheld;
}

/** On what it rests, and until when. */
export function linesOf({ ground, told, until, decision }: Restriction): string[] {
    const { safety } = words.value;
    // The reference of an order is its number; where it is that of the decision, it is told anyway.
    const reference = told.reference === decision ? undefined : told.reference;
    const by = [told.authority, told.law, reference].filter(Boolean).join(", ");
    const grounds = {
        terms: safety.byTerms,
        law: by ? safety.byLawOf(by) : safety.byLaw,
        order: by ? safety.byOrderOf(by) : safety.byOrder,
    };
    return [grounds[ground], ...(until === undefined ? [] : [safety.holdsUntil(day(until))])];
}

/** All of it, where there is no more room than for a text. */
export function inOneText(restriction: Restriction): string {
    const { safety } = words.value;
    const contest = contestAddress(restriction);
    const parts = [`${titleOf(restriction)}.`, ...linesOf(restriction), safety.reference(restriction.decision)];
    return [...parts, ...(contest ? [safety.contestAt(contest)] : [])].join(" ");
}

/** An address that one may be sent to from what somebody else has written down. */
export function contestAddress({ told }: Restriction): string | null {
    const { contest = "" } = told;
    return contest.startsWith("https://") || contest.startsWith(`${location.origin}/`) ? contest : null;
}

/** A day, as it is written where this person is. */
export function day(at: number): string {
    return new Intl.DateTimeFormat(language.value, { dateStyle: "long" }).format(at);
}
