import { type ReadonlySignal, signal } from "@preact/signals";

const NOTICES = "chappe.notices";
const SOUND = "chappe.sound";

const shown = signal(localStorage.getItem(NOTICES) === "yes");
const heard = signal(localStorage.getItem(SOUND) === "yes");

/** Whether this person wants notices here, and the browser lets us show them. */
export const showsNotices: ReadonlySignal<boolean> = shown;

export const makesSound: ReadonlySignal<boolean> = heard;

export const canShowNotices = "Notification" in globalThis && "serviceWorker" in navigator;

/** Returns false where the browser, or the person asked by it, says no. */
export async function wantNotices(wanted: boolean): Promise<boolean> {
    if (wanted && (await Notification.requestPermission()) !== "granted") return false;
    shown.value = wanted;
    keep(NOTICES, wanted);
    return true;
}

export function wantSound(wanted: boolean): void {
    heard.value = wanted;
    keep(SOUND, wanted);
    if (wanted) playSound();
}

function keep(name: string, wanted: boolean): void {
    if (wanted) localStorage.setItem(name, "yes");
    else localStorage.removeItem(name);
}

/** Two soft tones, a fifth apart: made here, so that there is no file to load. */
export function playSound(): void {
    const context = new AudioContext();
    [523.25, 783.99].forEach((pitch, i) => {
        const at = context.currentTime + i * 0.09;
        const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
        const loudness = new GainNode(context, { gain: 0 });
        loudness.gain.setValueAtTime(0, at);
        loudness.gain.linearRampToValueAtTime(0.06, at + 0.015);
        loudness.gain.exponentialRampToValueAtTime(0.0005, at + 0.35);
        tone.connect(loudness).connect(context.destination);
        tone.start(at);
        tone.stop(at + 0.4);
        if (i === 1) tone.onended = () => void context.close();
    });
}
