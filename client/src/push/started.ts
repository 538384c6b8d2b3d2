import { effect } from "@preact/signals";
import type { Started } from "../app/parts";
import type { Matrix } from "../matrix/matrix";
import { makesSound } from "../settings/notices";
import { words } from "../words";
import { writeKept } from "./kept";
import { beginPush, wantsPush } from "./subscribe";

/** Names that the service worker knows; of so many chats that nobody gets notices of more at a time. */
const MOST_NAMES = 1_000;

/** What the service worker says of pushes is kept up to date. */
const start: Started = (matrix) => {
    if (wantsPush()) beginPush(matrix.client).catch((error: unknown) => console.warn("Not told while closed", error));
    return effect(() => tellWorker(matrix));
};

let before = "";

/** Reads its signals before it decides, so that it runs again when one of them changes. */
export function tellWorker({ rooms }: Matrix): void {
    const names = rooms.chats.value.slice(0, MOST_NAMES).map(({ id, name }) => [id, name] as const);
    const kept = {
        newMessage: words.value.push.newMessage,
        names: Object.fromEntries(names),
        makesSound: makesSound.value,
    };
    if (!wantsPush()) {
        before = "";
        return;
    }
    const now = JSON.stringify(kept);
    if (now === before) return;
    before = now;
    writeKept(kept).catch((error: unknown) => console.warn("The service worker knows no names", error));
}

export default start;
