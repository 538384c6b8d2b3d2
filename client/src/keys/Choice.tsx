import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { words } from "../words";
import { codeOf, outlineOf } from "./code";
import { Scanner } from "./Scanner";
import type { Step, Verification } from "./verification";
import "./Choice.css";

interface ChoiceProps {
    step: Extract<Step, { kind: "choose" }>;
    verification: Verification;
    name: string;
}

/** Both sides are there: a code to scan, the camera for theirs, or the pictures. */
export function Choice({ step, verification, name }: ChoiceProps): JSX.Element {
    const { compare } = words.value.keys;
    const [isScanning, setScanning] = useState(false);
    const hasCamera = useCamera();
    if (isScanning) return <Scanner onFound={(bytes) => verification.scanned(bytes)} />;
    const isOwn = verification.request.isSelfVerification;
    return (
        <>
            <p>{step.code ? (isOwn ? compare.chooseOwn : compare.choose(name)) : compare.chooseEmoji}</p>
            {step.code && <Code bytes={step.code} />}
            {step.canScan && hasCamera && (
                <Button icon="camera" onClick={() => setScanning(true)}>
                    {compare.scan}
                </Button>
            )}
        </>
    );
}

function Code({ bytes }: { bytes: Uint8ClampedArray }): JSX.Element | null {
    const [rows, setRows] = useState<boolean[][] | null>(null);
    useEffect(() => {
        codeOf(bytes).then(setRows, (error: unknown) => console.error(error)); // without it there are still the pictures
    }, [bytes]);
    return (
        rows && (
            <svg
                class="choice-code"
                viewBox={`0 0 ${rows.length} ${rows.length}`}
                role="img"
                aria-label={words.value.keys.compare.code}
                shape-rendering="crispEdges"
            >
                <path d={outlineOf(rows)} />
            </svg>
        )
    );
}

function useCamera(): boolean {
    const [isThere, setThere] = useState(false);
    useEffect(() => {
        navigator.mediaDevices
            ?.enumerateDevices()
            .then((devices) => setThere(devices.some(({ kind }) => kind === "videoinput")))
            .catch(() => undefined);
    }, []);
    return isThere;
}
