import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { day } from "../session/restrictionWords";
import { words } from "../words";
import { type Complaint, Safety, type Trouble, troubleOf } from "./api";
import { TextArea } from "./TextArea";
import { inWords } from "./trouble";
import "./ComplaintPart.css";

interface ComplaintPartProps {
    decision: string;
    /** Of whoever reported: the complaint is about what was not done. */
    report?: string;
    until: number;
    complaint: Complaint | null;
    /** Nothing is left to complain about. */
    isOver: boolean;
    onChange: () => void;
}

const MAX_CHARS = 4_000; // as the server takes it

/** "I disagree": one button and one's reasons, for six months, and the answer. Art. 20 DSA. */
export function ComplaintPart(props: ComplaintPartProps): JSX.Element {
    const { decision, report = "", until, complaint, isOver, onChange } = props;
    const { client } = useMatrix();
    const { safety, common } = words.value;
    const [isOpen, setOpen] = useState(false);
    const [text, setText] = useState("");
    const [isBusy, setBusy] = useState(false);
    const [trouble, setTrouble] = useState<Trouble | null>(null);
    if (complaint) return <Answer complaint={complaint} />;
    if (isOver) return <p>{safety.nothingLeft}</p>;
    if (Date.now() > until) return <p>{safety.tooLate(day(until))}</p>;
    const send = async (): Promise<void> => {
        setBusy(true);
        setTrouble(null);
        try {
            await new Safety(client).complain(decision, text.trim(), report);
            onChange();
        } catch (error) {
            console.warn("The complaint was not sent", error);
            setTrouble(troubleOf(error));
        }
        setBusy(false);
    };
    if (!isOpen) {
        return (
            <>
                <p>{safety.complainUntil(day(until))}</p>
                <Button kind="main" onClick={() => setOpen(true)}>
                    {safety.disagree}
                </Button>
            </>
        );
    }
    return (
        <form
            class="complaint"
            onSubmit={(event) => {
                event.preventDefault();
                if (text.trim()) void send();
            }}
        >
            <TextArea
                label={safety.complaintText}
                hint={safety.complaintHint}
                value={text}
                onInput={setText}
                maxChars={MAX_CHARS}
                required
                autoFocus
            />
            {trouble && (
                <p role="alert" class="complaint-wrong">
                    {inWords(trouble)}
                </p>
            )}
            <div class="complaint-actions">
                <Button onClick={() => setOpen(false)}>{common.cancel}</Button>
                <Button kind="main" type="submit" busy={isBusy} disabled={!text.trim()}>
                    {trouble ? common.again : safety.complain}
                </Button>
            </div>
        </form>
    );
}

function Answer({ complaint }: { complaint: Complaint }): JSX.Element {
    const { safety } = words.value;
    const { state, text, answer, filed_at: filedAt, decided_at: decidedAt } = complaint;
    return (
        <div class="complaint-answer">
            <p class="complaint-state">
                <Icon name={state === "open" ? "clock" : "check"} />
                <strong>{safety.complaintStates[state]}</strong>
            </p>
            <p class="complaint-soft">{safety.complainedOn(day(filedAt))}</p>
            <blockquote class="complaint-quote" dir="auto">
                {text}
            </blockquote>
            {decidedAt !== null && (
                <>
                    <p class="complaint-soft">{safety.answeredOn(day(decidedAt))}</p>
                    <blockquote class="complaint-quote" dir="auto">
                        {answer}
                    </blockquote>
                </>
            )}
        </div>
    );
}
