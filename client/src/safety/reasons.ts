import { countryNames } from "../session/countries";
import { day } from "../session/restrictionWords";
import { language, words } from "../words";
import type { Measure, Statement } from "./api";

export function measureName(kind: string, measure: string): string {
    const { measures } = words.value.safety;
    return (measures as Record<string, string>)[`${kind}_${measure}`] ?? measure;
}

/** Where and until when a measure holds: Art. 17(3)(a) DSA. */
export function extent({ territories, until }: Pick<Measure, "territories" | "until">): string {
    const { safety } = words.value;
    const where = territories.length > 0 ? safety.heldIn(countryNames(territories, language.value)) : safety.everywhere;
    return `${where} ${until === null ? safety.untilLifted : safety.untilDay(day(until))}`;
}

/** How it came to be noticed, and whether a program found or decided it: Art. 17(3)(b) and (c) DSA. */
export function howFound({ source, detected_automatically: found, automation }: Statement): string[] {
    const { safety } = words.value;
    return [
        source === "own_initiative" ? safety.sourceOwn : safety.sourceNotified,
        safety.automation[automation],
        ...(found ? [safety.detected] : []),
    ];
}
