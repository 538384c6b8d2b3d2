import { signal } from "@preact/signals";
import type { Voice } from "./outbox";

/** What Element and others play; Safari records only the second. */
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4", "audio/webm"];

/** Nobody listens longer, and a forgotten microphone stops. */
export const MAX_MS = 15 * 60_000;

const EVERY_MS = 100;
const WAVES = 100;

export interface Recording {
    /** Of the room and thread that it is for. */
    scope: string;
    startedAt: number;
    /** Loudness 0 to 1, ten a second. */
    loudness: number[];
}

/** The one that is being recorded; it changes ten times a second. */
export const recording = signal<Recording | null>(null);

let stop: ((isWanted: boolean) => void) | null = null;

export function canRecord(): boolean {
    return typeof MediaRecorder === "function" && typeof navigator.mediaDevices?.getUserMedia === "function";
}

/** Record until `finishRecording`. Resolves with the sound and its wave; null when it is not wanted any more. */
export async function record(scope: string, text: string): Promise<{ blob: Blob; voice: Voice } | null> {
    stop?.(false);
    const stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true },
    });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: 32_000 });
    const meter = new Meter(stream);
    const pieces: Blob[] = [];
    const started: Recording = { scope, startedAt: Date.now(), loudness: [] };
    recording.value = started;
    const timer = setInterval(() => {
        const loudness = [...(recording.value?.loudness ?? []), meter.loudness()];
        recording.value = { ...started, loudness };
        if (Date.now() - started.startedAt > MAX_MS) stop?.(true);
    }, EVERY_MS);
    return new Promise((resolve) => {
        let isWanted = false;
        stop = (wanted) => {
            isWanted = wanted;
            stop = null;
            recorder.stop();
        };
        recorder.ondataavailable = ({ data }) => pieces.push(data);
        recorder.onstop = () => {
            clearInterval(timer);
            meter.close();
            for (const track of stream.getTracks()) track.stop();
            const loudness = recording.value?.loudness ?? [];
            recording.value = null;
            const type = recorder.mimeType.split(";", 1)[0] ?? "audio/ogg";
            const voice = { durationMs: Date.now() - started.startedAt, waveform: waveformOf(loudness), text };
            resolve(isWanted ? { blob: new Blob(pieces, { type }), voice } : null);
        };
        recorder.start(1_000);
    });
}

/** Stop recording, and send it or not. */
export function finishRecording(isWanted: boolean): void {
    stop?.(isWanted);
}

/** At most a hundred, whole numbers up to 1024, the loudest of which fills the height. */
export function waveformOf(loudness: readonly number[]): number[] {
    if (loudness.length === 0) return [];
    const count = Math.min(WAVES, loudness.length);
    const waves = Array.from({ length: count }, (_, i) => {
        const part = loudness.slice(
            Math.floor((i * loudness.length) / count),
            Math.max(Math.floor(((i + 1) * loudness.length) / count), Math.floor((i * loudness.length) / count) + 1),
        );
        return Math.max(...part);
    });
    const loudest = Math.max(...waves, 0.05); // silence stays low
    return waves.map((wave) => Math.round((1024 * wave) / loudest));
}

class Meter {
    private readonly context = new AudioContext();
    private readonly analyser = this.context.createAnalyser();
    private readonly samples = new Float32Array(1024);

    constructor(stream: MediaStream) {
        this.analyser.fftSize = 1024;
        this.context.createMediaStreamSource(stream).connect(this.analyser);
    }

    loudness(): number {
        this.analyser.getFloatTimeDomainData(this.samples);
        let sum = 0;
        for (const sample of this.samples) sum += sample * sample;
        return Math.min(1, 4 * Math.sqrt(sum / this.samples.length));
    }

    close(): void {
        void this.context.close();
    }
}
