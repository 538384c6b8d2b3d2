import type { VerificationRequest } from "matrix-js-sdk/lib/crypto-api";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon } from "../design/Icon";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { Choice } from "./Choice";
import { Pictures } from "./Pictures";
import { keysOf } from "./state";
import { type EndedBy, type Step, Verification } from "./verification";
import "./dialogs.css";

/** Those whose dialog is open: one comparison is shown once, however often it is told. */
const open = new WeakSet<VerificationRequest>();

/** Show a comparison of keys, asked for by us or by the other side, until it is over. */
export function openComparison(matrix: Matrix, request: VerificationRequest): void {
    if (open.has(request)) return;
    open.add(request);
    openDialog((close) => (
        <Comparison
            request={request}
            matrix={matrix}
            onClose={() => {
                open.delete(request);
                close();
            }}
        />
    ));
}

interface ComparisonProps {
    request: VerificationRequest;
    matrix: Matrix;
    onClose: () => void;
}

function Comparison({ request, matrix, onClose }: ComparisonProps): JSX.Element {
    const verification = useMemo(() => new Verification(request, matrix.me), [request, matrix]);
    useEffect(() => () => verification.close(), [verification]);
    const step = verification.step.value;
    const { compare, doneTitle, endedTitle } = { ...words.value.keys, ...words.value.keys.compare };
    const name = nameOf(matrix, request);
    const title =
        step.kind === "done"
            ? doneTitle
            : step.kind === "ended"
              ? endedTitle
              : request.isSelfVerification
                ? compare.titleOwn
                : compare.title(name);
    const stop = (): void => {
        // Who only closes a question has not said no: the other side may still be answered later.
        if (step.kind !== "asked") verification.stop();
        onClose();
    };
    return (
        <Dialog
            title={title}
            onClose={stop}
            actions={<Actions step={step} verification={verification} onClose={onClose} />}
        >
            <Body step={step} verification={verification} name={name} />
        </Dialog>
    );
}

interface StepProps {
    step: Step;
    verification: Verification;
}

function Body({ step, verification, name }: StepProps & { name: string }): JSX.Element {
    const { compare } = words.value.keys;
    const isOwn = verification.request.isSelfVerification;
    switch (step.kind) {
        case "asked":
            return <p>{isOwn ? <AskedOwn request={verification.request} /> : compare.asks(name)}</p>;
        case "waiting":
            return <Waiting said={isOwn ? compare.waitingOwn : compare.waiting(name)} />;
        case "choose":
            return <Choice step={step} verification={verification} name={name} />;
        case "working":
            return <Waiting said={compare.wait} />;
        case "pictures":
            return <Pictures pictures={step.pictures} />;
        case "said":
            return <Waiting said={compare.waitingForOther} />;
        case "scanned":
            return <p>{compare.scanned}</p>;
        case "done":
            return (
                <p class="keys-notice">
                    <Icon name="check" />
                    <span>{isOwn ? compare.doneOwn : compare.done(name)}</span>
                </p>
            );
        case "ended":
            return (
                <p class={step.by === "different" ? "keys-notice keys-warning" : ""} role="alert">
                    {step.by === "different" && <Icon name="warn" />}
                    <span>{endedIn(step.by)}</span>
                </p>
            );
    }
}

function AskedOwn({ request }: { request: VerificationRequest }): JSX.Element {
    const matrix = useMatrix();
    const { compare } = words.value.keys;
    const device = keysOf(matrix).devices.value.find(({ id }) => id === request.otherDeviceId);
    return <>{device ? compare.asksOwn(device.name) : compare.asksOwnUnnamed}</>;
}

function Waiting({ said }: { said: string }): JSX.Element {
    return (
        <p class="keys-wait" role="status">
            <Spinner />
            {said}
        </p>
    );
}

function Actions({ step, verification, onClose }: StepProps & { onClose: () => void }): JSX.Element | null {
    const { keys, common } = words.value;
    const { compare } = keys;
    const [isBusy, setBusy] = useState(false);
    const doing = (act: () => Promise<void>) => async (): Promise<void> => {
        setBusy(true);
        await trying(act());
        setBusy(false);
    };
    const stop = (): void => {
        verification.stop();
        onClose();
    };
    switch (step.kind) {
        case "asked":
            return (
                <>
                    <Button onClick={stop}>
                        {verification.request.isSelfVerification ? compare.notMe : compare.decline}
                    </Button>
                    <Button kind="main" busy={isBusy} onClick={doing(() => verification.accept())} autoFocus>
                        {compare.accept}
                    </Button>
                </>
            );
        case "choose":
            return (
                <>
                    <Button onClick={stop}>{common.cancel}</Button>
                    <Button kind="main" busy={isBusy} onClick={doing(() => verification.comparePictures())} autoFocus>
                        {compare.emoji}
                    </Button>
                </>
            );
        case "pictures":
            return (
                <>
                    <Button onClick={() => verification.different()}>{compare.no}</Button>
                    <Button kind="main" onClick={doing(() => verification.same())}>
                        {compare.yes}
                    </Button>
                </>
            );
        case "scanned":
            return (
                <>
                    <Button onClick={stop}>{compare.scannedNo}</Button>
                    <Button kind="main" onClick={() => verification.scanWorked()}>
                        {compare.scannedYes}
                    </Button>
                </>
            );
        case "done":
        case "ended":
            return (
                <Button kind="main" onClick={onClose} autoFocus>
                    {keys.done}
                </Button>
            );
        default:
            return <Button onClick={stop}>{common.cancel}</Button>;
    }
}

function endedIn(by: EndedBy): string {
    const { compare } = words.value.keys;
    switch (by) {
        case "different":
            return compare.endedDifferent;
        case "other":
            return compare.endedOther;
        case "here":
            return compare.endedHere;
        case "time":
            return compare.endedTime;
        case "elsewhere":
            return compare.endedElsewhere;
        case "unknown":
            return compare.endedUnknown;
    }
}

function nameOf(matrix: Matrix, request: VerificationRequest): string {
    const room = request.roomId ? matrix.client.getRoom(request.roomId) : null;
    return room?.getMember(request.otherUserId)?.name ?? request.otherUserId;
}
