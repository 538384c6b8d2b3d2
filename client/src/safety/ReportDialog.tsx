import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { Safety, type Trouble, troubleOf } from "./api";
import { canHandOver, handOverReported } from "./disclose";
import { type Draft, EMPTY, reportOf, type Target } from "./draft";
import { Check } from "./steps/Check";
import { Done } from "./steps/Done";
import { How } from "./steps/How";
import { What } from "./steps/What";
import { inWords } from "./trouble";
import "./ReportDialog.css";

type Step = "what" | "how" | "check" | "done";

/** What is wrong, what else there is to say, a look at exactly what is sent, and that it was received. */
export function ReportDialog({ target, onClose }: { target: Target; onClose: () => void }): JSX.Element {
    const { client } = useMatrix();
    const { safety, common } = words.value;
    const [step, setStep] = useState<Step>("what");
    const [draft, setDraft] = useState<Draft>(EMPTY);
    const [isBusy, setBusy] = useState(false);
    const [trouble, setTrouble] = useState<Trouble | null>(null);
    const [receipt, setReceipt] = useState("");
    const top = useRef<HTMLDivElement>(null);
    const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
    useEffect(() => {
        if (target.kind !== "event" || !canHandOver(target.event)) return;
        void handOverReported(target.event, target.room).then((chosen) => change({ chosen }));
    }, [target]);
    const go = (to: Step): void => {
        setTrouble(null);
        setStep(to);
        requestAnimationFrame(() => top.current?.focus()); // what is read out begins with the new step
    };
    const send = async (): Promise<void> => {
        setBusy(true);
        setTrouble(null);
        try {
            setReceipt((await new Safety(client).file(reportOf(target, draft))).id);
            go("done");
        } catch (error) {
            console.warn("The report was not sent", error);
            setTrouble(troubleOf(error));
        }
        setBusy(false);
    };
    const isNotice = draft.door === "notice";
    const isSaid = !isNotice || (draft.reason.trim() !== "" && draft.isInGoodFaith);
    const actions = {
        what: (
            <Button kind="main" disabled={draft.choice === null} onClick={() => go("how")}>
                {safety.next}
            </Button>
        ),
        how: (
            <>
                <Button onClick={() => go("what")}>{common.back}</Button>
                <Button kind="main" disabled={!isSaid} onClick={() => go("check")}>
                    {safety.toCheck}
                </Button>
            </>
        ),
        check: (
            <>
                <Button onClick={() => go("how")}>{common.back}</Button>
                <Button kind="main" busy={isBusy} onClick={() => void send()}>
                    {trouble ? common.again : safety.send}
                </Button>
            </>
        ),
        done: (
            <Button kind="main" onClick={onClose}>
                {common.close}
            </Button>
        ),
    }[step];
    const titles = { what: safety.whatTitle, how: safety.howTitle, check: safety.checkTitle, done: safety.doneTitle };
    return (
        <Dialog title={titles[step]} onClose={onClose} wide actions={actions}>
            <div ref={top} class="report" tabIndex={-1} aria-label={titles[step]} role="group">
                {step === "what" && <What target={target} draft={draft} onChange={change} />}
                {step === "how" && <How target={target} draft={draft} onChange={change} />}
                {step === "check" && <Check target={target} draft={draft} />}
                {step === "done" && <Done target={target} receipt={receipt} onClose={onClose} />}
                {trouble && (
                    <p class="report-wrong" role="alert">
                        {inWords(trouble)}
                    </p>
                )}
            </div>
        </Dialog>
    );
}
