import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../words";
import { bytesInPicture } from "./code";

/** Often enough for a hand that holds still, and seldom enough for an old phone. */
const LOOK_MS = 200;

/** As wide as a code needs to be read; a larger picture only takes longer. */
const WIDTH = 480;

/** Looks through the camera for the code of the other side. */
export function Scanner({ onFound }: { onFound: (bytes: Uint8ClampedArray) => Promise<void> }): JSX.Element {
    const { compare } = words.value.keys;
    const video = useRef<HTMLVideoElement>(null);
    const [wrong, setWrong] = useState<string | null>(null);
    useEffect(() => {
        const shown = video.current;
        if (!shown) return;
        return lookThrough(
            shown,
            (bytes) => onFound(bytes).catch(() => setWrong(compare.wrongCode)),
            () => setWrong(compare.noCamera),
        );
    }, []);
    return (
        <>
            <p>{compare.scanning}</p>
            <div class="scanner">
                <video ref={video} muted playsInline />
            </div>
            {wrong && <p role="alert">{wrong}</p>}
        </>
    );
}

/** Returns how to stop. */
function lookThrough(
    video: HTMLVideoElement,
    onFound: (bytes: Uint8ClampedArray) => Promise<void>,
    onRefused: () => void,
): () => void {
    let stream: MediaStream | null = null;
    let timer = 0;
    let isOver = false;
    const stop = (): void => {
        isOver = true;
        clearTimeout(timer);
        for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const look = async (): Promise<void> => {
        const picture = pictureIn(video);
        const bytes = picture && (await bytesInPicture(picture));
        if (bytes) await onFound(bytes);
        if (!isOver) timer = window.setTimeout(look, LOOK_MS);
    };
    navigator.mediaDevices
        .getUserMedia({ video: { facingMode: "environment" } })
        .then(async (opened) => {
            stream = opened;
            if (isOver) return stop();
            video.srcObject = opened;
            await video.play();
            void look();
        })
        .catch(() => {
            if (!isOver) onRefused();
        });
    return stop;
}

const canvas = document.createElement("canvas");

function pictureIn(video: HTMLVideoElement): ImageData | null {
    const { videoWidth, videoHeight } = video;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context || videoWidth === 0) return null;
    canvas.width = Math.min(WIDTH, videoWidth);
    canvas.height = Math.round((canvas.width * videoHeight) / videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
}
