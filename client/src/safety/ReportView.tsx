import type { JSX } from "preact";
import { chatAddress } from "../app/route";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { day } from "../session/restrictionWords";
import { language, words } from "../words";
import type { Filed } from "./api";
import { ComplaintPart } from "./ComplaintPart";
import { categoryName } from "./catalogue";
import { useCatalogue } from "./useCatalogue";
import "./ReportView.css";

interface ReportViewProps {
    filed: Filed;
    /** It was asked for by its address. */
    isMeant: boolean;
    onChange: () => void;
}

/** One report: what was said, what became of it, and what one can do about that. Art. 16(5) and 20 DSA. */
export function ReportView({ filed, isMeant, onChange }: ReportViewProps): JSX.Element {
    const { safety } = words.value;
    const { catalogue } = useCatalogue();
    const { decision } = filed;
    const category = categoryName(catalogue, filed.category, language.value);
    const hasAnswer = filed.state === "decided" && decision !== null;
    return (
        <details class="filed" open={isMeant}>
            <summary>
                <Icon name={hasAnswer ? "check" : "clock"} />
                <span class="filed-head">
                    <strong>{category ?? safety.kinds[filed.kind]}</strong>
                    <span class="filed-soft">
                        {safety.kinds[filed.kind]} · {day(filed.filed_at)}
                    </span>
                </span>
                <span class={hasAnswer ? "filed-state filed-decided" : "filed-state"}>
                    {hasAnswer ? safety.outcomes[decision.outcome] : safety.waits}
                </span>
            </summary>
            <div class="filed-body">
                <What filed={filed} />
                {filed.reason && (
                    <blockquote class="filed-quote" dir="auto">
                        {filed.reason}
                    </blockquote>
                )}
                {filed.proof !== "public" && (
                    <p class="filed-soft">{filed.proof === "verified" ? safety.wasProven : safety.wasUnproven}</p>
                )}
                {hasAnswer ? (
                    <>
                        <p>{safety.outcomesMore[decision.outcome]}</p>
                        {decision.explanation && (
                            <blockquote class="filed-quote" dir="auto">
                                {decision.explanation}
                            </blockquote>
                        )}
                        <p class="filed-soft">{safety.automation[decision.automation]}</p>
                        <ComplaintPart
                            decision={decision.id}
                            report={filed.id}
                            until={decision.complain_until}
                            complaint={filed.complaint}
                            isOver={false}
                            onChange={onChange}
                        />
                        <p>{safety.court}</p>
                    </>
                ) : (
                    <p>{safety.waitsMore}</p>
                )}
                <p class="filed-soft">{safety.reference(filed.id)}</p>
            </div>
        </details>
    );
}

function What({ filed }: { filed: Filed }): JSX.Element | null {
    const { rooms, client } = useMatrix();
    const { safety } = words.value;
    if (filed.kind === "account") {
        const name = client.getUser(filed.item)?.displayName ?? filed.item;
        return <p>{safety.aboutPerson(name, filed.item)}</p>;
    }
    const room = rooms.room(filed.room_id);
    if (room?.getMyMembership() !== "join") return null;
    const address = chatAddress(filed.room_id, filed.kind === "event" ? filed.item : undefined);
    return (
        <p>
            <a href={address}>{safety.toReported(room.name)}</a>
        </p>
    );
}
