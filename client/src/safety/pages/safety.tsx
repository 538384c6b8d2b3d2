import type { ComponentChildren, JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf, route } from "../../app/route";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { Spinner } from "../../design/Spinner";
import { useMatrix } from "../../matrix/matrix";
import { day } from "../../session/restrictionWords";
import type { SettingsPage } from "../../settings/registry";
import { words } from "../../words";
import { type Decision, Safety } from "../api";
import { DecisionView } from "../DecisionView";
import { markNoticesRead, news } from "../notices";
import { ReportView } from "../ReportView";
import { measureName } from "../reasons";
import { type Pages, usePages } from "../usePages";
import "./safety.css";

/** `#/settings/safety[/decision/ID | /report/ID]`: decisions about what is mine, and what became of my reports. */
function SafetyPage(): JSX.Element {
    const matrix = useMatrix();
    const [, , id] = route.value.parts;
    const what = route.value.parts[1];
    const count = news.value;
    useEffect(() => {
        markNoticesRead(matrix).catch((error: unknown) => console.warn("Not marked as read", error));
    }, [matrix, count]);
    return what === "decision" && id ? <OneDecision key={id} id={id} /> : <Lists report={id ?? ""} />;
}

function Lists({ report }: { report: string }): JSX.Element {
    const { client } = useMatrix();
    const { safety } = words.value;
    const api = useMemo(() => new Safety(client), [client]);
    const decisions = usePages(
        useCallback((before: number | null) => api.decisions(before), [api]),
        news.value,
    );
    const reports = usePages(
        useCallback((before: number | null) => api.reports(before), [api]),
        news.value,
    );
    const box = useRef<HTMLDivElement>(null);
    const isThere = reports.items.some(({ id }) => id === report);
    useEffect(() => {
        if (isThere) box.current?.querySelector("details[open]")?.scrollIntoView({ block: "nearest" });
    }, [isThere]);
    return (
        <div class="safety-lists" ref={box}>
            <List title={safety.decisions} none={safety.noDecisions} pages={decisions}>
                {decisions.items.map((decision) => (
                    <li key={decision.decision}>
                        <DecisionRow decision={decision} />
                    </li>
                ))}
            </List>
            <List title={safety.reports} none={safety.noReports} pages={reports}>
                {reports.items.map((filed) => (
                    <li key={filed.id}>
                        <ReportView filed={filed} isMeant={filed.id === report} onChange={reports.again} />
                    </li>
                ))}
            </List>
        </div>
    );
}

interface ListProps {
    title: string;
    none: string;
    pages: Pages<unknown>;
    children: ComponentChildren;
}

function List({ title, none, pages, children }: ListProps): JSX.Element {
    const { common, safety } = words.value;
    return (
        <section class="safety-list" aria-label={title}>
            <h4>{title}</h4>
            {pages.items.length > 0 && <ul>{children}</ul>}
            {pages.items.length === 0 && pages.state === "loaded" && <p class="safety-soft">{none}</p>}
            {pages.state === "loading" && <Spinner label={common.loading} />}
            {pages.state === "failed" && (
                <div role="alert" class="safety-wrong">
                    <p>{safety.notLoaded}</p>
                    <Button onClick={pages.again}>{common.again}</Button>
                </div>
            )}
            {pages.hasMore && pages.state === "loaded" && <Button onClick={pages.more}>{safety.earlier}</Button>}
        </section>
    );
}

function DecisionRow({ decision }: { decision: Decision }): JSX.Element {
    const { safety } = words.value;
    const what = decision.measures.map(({ kind, measure }) => measureName(kind, measure)).join(" ");
    return (
        <a class="safety-row" href={addressOf({ name: "settings", parts: ["safety", "decision", decision.decision] })}>
            <Icon name={decision.state === "reversed" ? "check" : "warn"} />
            <span class="safety-row-text">
                <strong>{what}</strong>
                <span class="safety-soft">
                    {day(decision.at)} · {safety.states[decision.state]}
                    {decision.complaint && ` · ${safety.complaintStates[decision.complaint.state]}`}
                </span>
            </span>
            <Icon name="forth" size={18} />
        </a>
    );
}

function OneDecision({ id }: { id: string }): JSX.Element {
    const { client } = useMatrix();
    const { safety, common } = words.value;
    const [decision, setDecision] = useState<Decision | "loading" | "failed">("loading");
    const [attempt, setAttempt] = useState(0);
    const again = (): void => setAttempt((before) => before + 1);
    const count = news.value;
    useEffect(() => {
        let isGone = false;
        new Safety(client).decision(id).then(
            (found) => isGone || setDecision(found),
            (error: unknown) => {
                console.warn("The decision did not come", error);
                if (!isGone) setDecision("failed");
            },
        );
        return () => {
            isGone = true;
        };
    }, [client, id, attempt, count]);
    return (
        <div class="safety-lists">
            <a class="safety-back" href={addressOf({ name: "settings", parts: ["safety"] })}>
                <Icon name="back" size={18} />
                {safety.toLists}
            </a>
            {decision === "loading" ? (
                <Spinner label={common.loading} />
            ) : decision === "failed" ? (
                <div role="alert" class="safety-wrong">
                    <p>{safety.notLoaded}</p>
                    <Button onClick={again}>{common.again}</Button>
                </div>
            ) : (
                <DecisionView decision={decision} onChange={again} />
            )}
        </div>
    );
}

export default {
    name: "safety",
    order: 45,
    icon: "flag",
    title: () => words.value.safety.title,
    Page: SafetyPage,
} satisfies SettingsPage;
