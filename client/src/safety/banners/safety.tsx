import type { JSX } from "preact";
import { navigate } from "../../app/route";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { titleOf } from "../../session/restrictionWords";
import { words } from "../../words";
import { markNoticesRead, type Notice, onAccount, unreadNotice } from "../notices";
import { Reasons } from "../Reasons";
import { extent, measureName } from "../reasons";
import { shutOut } from "../standing";
import "./safety.css";

/** What concerns this person and what they have not read; and that their account is restricted, as long as it is. */
export default function SafetyBanner(): JSX.Element {
    const notice = unreadNotice.value;
    return (
        <div role="status">
            <Standing />
            {notice && <Fresh notice={notice} />}
        </div>
    );
}

function Fresh({ notice }: { notice: Notice }): JSX.Element {
    const matrix = useMatrix();
    const { safety } = words.value;
    const [name, id] =
        notice.type === "answer"
            ? ["report", notice["filing"]]
            : notice.type === "complaint"
              ? ["", ""]
              : ["decision", notice["decision"]];
    const look = (): void => {
        markNoticesRead(matrix).catch((error: unknown) => console.warn("Not marked as read", error));
        navigate({ name: "settings", parts: ["safety", ...(name && id ? [name, String(id)] : [])] });
    };
    return (
        <div class="safety-banner">
            <p>
                <Icon name="shield" />
                <span>{(safety.bannerNews as Record<string, string>)[notice.type] ?? safety.cardOther}</span>
            </p>
            <Button onClick={look}>{safety.bannerLook}</Button>
        </div>
    );
}

function Standing(): JSX.Element | null {
    const { safety } = words.value;
    const out = shutOut.value;
    const decision = onAccount.value;
    if (out) {
        return (
            <div class="safety-banner safety-banner-urgent">
                <p>
                    <Icon name="warn" />
                    <strong>{out.restriction ? titleOf(out.restriction) : safety.restrictedAs.locked}</strong>
                </p>
                {out.restriction ? <Reasons restriction={out.restriction} isMine={false} /> : <p>{out.why}</p>}
            </div>
        );
    }
    const at = decision?.measures.findIndex(({ kind }, i) => kind === "account" && decision.holds[i]) ?? -1;
    const measure = decision?.measures[at];
    if (!decision || !measure) return null;
    return (
        <div class="safety-banner safety-banner-urgent">
            <p>
                <Icon name="warn" />
                <span>
                    {measureName(measure.kind, measure.measure)} {extent(measure)}
                </span>
            </p>
            <Button onClick={() => navigate({ name: "settings", parts: ["safety", "decision", decision.decision] })}>
                {safety.toReasons}
            </Button>
        </div>
    );
}
