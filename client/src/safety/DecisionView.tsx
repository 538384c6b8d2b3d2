import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../design/Icon";
import { day } from "../session/restrictionWords";
import { language, words } from "../words";
import type { Decision } from "./api";
import { ComplaintPart } from "./ComplaintPart";
import { ContentOf } from "./ContentOf";
import { categoryName, inLanguage } from "./catalogue";
import { extent, howFound, measureName } from "./reasons";
import { useCatalogue } from "./useCatalogue";
import "./DecisionView.css";

/** The statement of reasons in plain words, with each part of Art. 17(3) DSA, and the way to contest it. */
export function DecisionView({ decision, onChange }: { decision: Decision; onChange: () => void }): JSX.Element {
    const { safety } = words.value;
    const { catalogue } = useCatalogue();
    const { term, ground, ground_reference: reference } = decision;
    const category = categoryName(catalogue, decision.category, language.value);
    const isOver = decision.state === "reversed";
    return (
        <article class="decision" aria-labelledby={`decision-${decision.decision}`}>
            <p class={isOver ? "decision-state decision-over" : "decision-state"}>
                <Icon name={isOver ? "check" : "info"} />
                <span id={`decision-${decision.decision}`}>{safety.states[decision.state]}</span>
                <time dateTime={new Date(decision.at).toISOString()}>{day(decision.at)}</time>
            </p>
            <Part title={safety.whatHolds}>
                <ul class="decision-measures">
                    {decision.measures.map((measure, i) => {
                        const isLifted = !decision.holds[i];
                        const hasEnded = measure.until !== null && measure.until < Date.now();
                        return (
                            <li key={`${measure.kind} ${measure.subject} ${measure.measure}`}>
                                <strong class={isLifted || hasEnded ? "decision-lifted" : ""}>
                                    {measureName(measure.kind, measure.measure)}
                                </strong>
                                <span class="decision-soft">
                                    {isLifted ? safety.lifted : hasEnded ? safety.ended : extent(measure)}
                                </span>
                            </li>
                        );
                    })}
                </ul>
            </Part>
            <Part title={safety.content}>
                <ContentOf decision={decision} />
            </Part>
            <Part title={safety.facts}>
                <Text>{decision.facts}</Text>
            </Part>
            <Part title={ground === "law" ? safety.groundLaw : safety.groundTerms}>
                <Text>{term ? inLanguage(term, language.value) : reference}</Text>
                {category && <p class="decision-soft">{safety.category(category)}</p>}
            </Part>
            <Part title={safety.why}>
                <Text>{decision.explanation}</Text>
                {decision.to_user && <Text>{decision.to_user}</Text>}
            </Part>
            <Part title={safety.how}>
                {howFound(decision).map((line) => (
                    <p key={line}>{line}</p>
                ))}
                {decision.notified_by && <p>{safety.notifiedBy(decision.notified_by)}</p>}
                {decision.rule && <p>{safety.rule(decision.rule)}</p>}
            </Part>
            <Part title={safety.contest}>
                <ComplaintPart
                    decision={decision.decision}
                    until={decision.complain_until}
                    complaint={decision.complaint}
                    isOver={isOver}
                    onChange={onChange}
                />
                <p>{safety.court}</p>
            </Part>
            <p class="decision-soft">{safety.reference(decision.decision)}</p>
        </article>
    );
}

function Part({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
    return (
        <section class="decision-part">
            <h4>{title}</h4>
            {children}
        </section>
    );
}

function Text({ children }: { children: string }): JSX.Element {
    return (
        <p class="decision-text" dir="auto">
            {children}
        </p>
    );
}
