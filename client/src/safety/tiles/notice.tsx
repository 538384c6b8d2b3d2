import type { MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { addressOf } from "../../app/route";
import { Icon, type IconName } from "../../design/Icon";
import { timeOfDay } from "../../rooms/times";
import type { Tile, TileProps } from "../../timeline/registry";
import { language, words } from "../../words";
import type { Measure } from "../api";
import { type Notice, noticeIn } from "../notices";
import { extent, measureName } from "../reasons";
import "./notice.css";

/** What the server tells of reports, decisions and complaints, in the words of this client and with the way to more. */
function Card({ event }: TileProps): JSX.Element | null {
    const { safety } = words.value;
    const notice = noticeIn(event);
    if (!notice) return null;
    const { title, lines, icon, link } = cardOf(notice);
    return (
        <article class="notice-card">
            <p class="notice-card-head">
                <Icon name={icon} />
                <strong>{title}</strong>
                <time dateTime={event.getDate()?.toISOString()}>{timeOfDay(event.getTs(), language.value)}</time>
            </p>
            {lines.map((line) => (
                <p key={line} dir="auto">
                    {line}
                </p>
            ))}
            {link && (
                <a class="notice-card-link" href={addressOf({ name: "settings", parts: ["safety", ...link.parts] })}>
                    {link.label}
                </a>
            )}
            <p class="notice-card-foot">
                <Icon name="shield" size={14} />
                {safety.fromServer}
            </p>
        </article>
    );
}

interface CardText {
    title: string;
    lines: string[];
    icon: IconName;
    link: { parts: string[]; label: string } | null;
}

function cardOf(notice: Notice): CardText {
    const { safety } = words.value;
    const text = (key: string): string => (typeof notice[key] === "string" ? String(notice[key]) : "");
    const toReport = { parts: ["report", text("filing")], label: safety.toReport };
    const toDecision = { parts: ["decision", text("decision")], label: safety.toReasons };
    switch (notice.type) {
        case "receipt":
            return { title: safety.cardReceipt, lines: [safety.received], icon: "check", link: toReport };
        case "answer": {
            const more = (safety.outcomesMore as Record<string, string>)[text("outcome")];
            return { title: safety.cardAnswer, lines: more ? [more] : [], icon: "flag", link: toReport };
        }
        case "statement": {
            const lines = [...measuresIn(notice).map(lineOf), text("explanation")].filter(Boolean);
            return { title: safety.cardStatement, lines, icon: "warn", link: toDecision };
        }
        case "reversal": {
            const line = notice["partly"] === true ? safety.reversedPartly : safety.reversed;
            return {
                title: safety.cardReversal,
                lines: [line],
                icon: "check",
                link: { ...toDecision, label: safety.toDecision },
            };
        }
        case "complaint": {
            const state = (safety.complaintStates as Record<string, string>)[text("state")];
            return { title: safety.cardComplaint, lines: state ? [state] : [], icon: "flag", link: toLists() };
        }
        default:
            return { title: safety.cardOther, lines: [], icon: "info", link: toLists() };
    }
}

function toLists(): CardText["link"] {
    return { parts: [], label: words.value.safety.toLists };
}

function measuresIn(notice: Notice): Measure[] {
    return Array.isArray(notice["measures"]) ? (notice["measures"] as Measure[]) : [];
}

function lineOf(measure: Measure): string {
    return `${measureName(measure.kind, measure.measure)} ${extent(measure)}`;
}

function preview(event: MatrixEvent): string {
    const notice = noticeIn(event);
    return notice ? cardOf(notice).title : "";
}

export default {
    type: "a notice of the server",
    shape: "notice",
    Tile: Card,
    preview,
    claims: (event) => noticeIn(event) !== null,
} satisfies Tile;
