import type { Restriction } from "../session/restricted";
import { language, words } from "../words";
import { countryNames } from "./countries";
import { day } from "./reasons";

/** That something is restricted, in one line. */
export function titleOf({ measure, territories }: Restriction): string {
    const { safety } = words.value;
    if (territories.length > 0) return safety.withheldIn(countryNames(territories, language.value));
    return (safety.restrictedAs as Record<string, string>)[measure] ?? safety.restrictedAs.withheld;
}

/** On what it rests, and until when. */
export function linesOf({ ground, told, until }: Restriction): string[] {
    const { safety } = words.value;
    const by = [told.authority, told.law, told.reference].filter(Boolean).join(", ");
    const grounds = {
        terms: safety.byTerms,
        law: by ? safety.byLawOf(by) : safety.byLaw,
        order: by ? safety.byOrderOf(by) : safety.byOrder,
    };
    return [grounds[ground], ...(until === undefined ? [] : [safety.untilDay(day(until))])];
}

/** An address that one may be sent to from what somebody else has written down. */
export function contestAddress({ told }: Restriction): string | null {
    return told.contest && /^https:\/\//.test(told.contest) ? told.contest : null;
}
