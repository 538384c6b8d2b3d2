import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { countryName } from "../../session/countries";
import { previewOf } from "../../timeline/registry";
import { language, words } from "../../words";
import { inLanguage } from "../catalogue";
import { isSealed } from "../disclose";
import { type Draft, reportOf, type Target } from "../draft";
import { Message } from "../Message";

/** Exactly what is sent, and what is not, before it is sent. */
export function Check({ target, draft }: { target: Target; draft: Draft }): JSX.Element {
    const { safety } = words.value;
    const { choice, chosen } = draft;
    const what = choice && [choice.category, choice.keyword].filter((one) => one !== null);
    const sealed = target.kind === "event" && isSealed(target.event);
    return (
        <>
            {draft.isThreat && (
                <p class="report-danger">
                    <Icon name="warn" />
                    {safety.threatSent}
                </p>
            )}
            <dl class="report-facts">
                <dt>{safety.about}</dt>
                <dd>
                    <bdi>{aboutWhat(target)}</bdi>
                </dd>
                {what && (
                    <>
                        <dt>{safety.whatTitle}</dt>
                        <dd>{what.map((one) => inLanguage(one, language.value)).join(" · ")}</dd>
                    </>
                )}
                <dt>{safety.door}</dt>
                <dd>{draft.door === "notice" ? safety.doorLaw : safety.doorRules}</dd>
                {draft.door === "notice" && draft.law.trim() && (
                    <>
                        <dt>{safety.law}</dt>
                        <dd>{draft.law}</dd>
                    </>
                )}
                {draft.door === "notice" && draft.country && (
                    <>
                        <dt>{safety.country}</dt>
                        <dd>{countryName(draft.country, language.value)}</dd>
                    </>
                )}
                {draft.reason.trim() && (
                    <>
                        <dt>{safety.yourWords}</dt>
                        <dd class="report-words" dir="auto">
                            {draft.reason.trim()}
                        </dd>
                    </>
                )}
            </dl>
            {target.kind === "event" && chosen.length > 0 && (
                <section class="report-messages" aria-label={safety.handedOver(chosen.length)}>
                    <h3>{safety.handedOver(chosen.length)}</h3>
                    <ul>
                        {chosen.map((one) => (
                            <li key={one.event.getId()}>
                                <Message chosen={one} room={target.room} />
                            </li>
                        ))}
                    </ul>
                </section>
            )}
            <p class="report-not">
                <Icon name="lock" />
                <span>
                    <strong>{safety.notSent}</strong>
                    {sealed ? safety.notSentSealed : safety.notSentOpen}
                </span>
            </p>
            <p class="report-soft">{safety.whoReads}</p>
            <details class="report-raw">
                <summary>{safety.exactlySent}</summary>
                <pre class="scrolls" tabIndex={0}>
                    {JSON.stringify(reportOf(target, draft), null, 2)}
                </pre>
            </details>
        </>
    );
}

function aboutWhat(target: Target): string {
    const { safety } = words.value;
    switch (target.kind) {
        case "event":
            return safety.aboutMessage(
                target.event.sender?.name ?? target.event.getSender() ?? "",
                previewOf(target.event),
            );
        case "room":
            return safety.aboutRoom(target.room.name);
        case "account":
            return safety.aboutPerson(target.name, target.userId);
    }
}
