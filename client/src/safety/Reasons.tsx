import type { JSX } from "preact";
import { addressOf } from "../app/route";
import type { Restriction } from "../session/restricted";
import { contestAddress, linesOf } from "../session/restrictionWords";
import { language, words } from "../words";
import { categoryName } from "./catalogue";
import { useCatalogue } from "./useCatalogue";
import "./Reasons.css";

/** Why something is restricted, and the way to contest it: to the decision for whose it is, else to where it says. */
export function Reasons({ restriction, isMine }: { restriction: Restriction; isMine: boolean }): JSX.Element {
    const { safety } = words.value;
    const { catalogue } = useCatalogue();
    const { decision, reason } = restriction;
    const category = categoryName(catalogue, reason, language.value);
    const contest = contestAddress(restriction);
    return (
        <div class="reasons">
            {linesOf(restriction).map((line) => (
                <p key={line}>{line}</p>
            ))}
            {category && <p>{safety.category(category)}</p>}
            {isMine ? (
                <p>
                    <a href={addressOf({ name: "settings", parts: ["safety", "decision", decision] })}>
                        {safety.toReasons}
                    </a>
                </p>
            ) : contest ? (
                <p>
                    <a href={contest} target="_blank" rel="noreferrer noopener">
                        {safety.contestThere}
                    </a>
                </p>
            ) : (
                <p>{safety.contestOthers}</p>
            )}
            <p>{safety.reference(decision)}</p>
        </div>
    );
}
