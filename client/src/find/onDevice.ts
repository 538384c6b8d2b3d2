import { type ReadonlySignal, signal } from "@preact/signals";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { Seal } from "../matrix/seal";
import { type Coverage, commonCoverage, coverageOf } from "./catalogue";
import { MessageIndex } from "./messageIndex";
import { Reader } from "./reader";
import { openShelf } from "./shelf";

/** Keys of older messages come from their copy or from other devices, and take a while. */
const KEYS_COME_MS = 30_000;

/** The index of encrypted messages of whoever is logged in; null until it is open, and where the browser keeps none. */
const index = signal<MessageIndex | null>(null);
const changed = signal(0);

export const onDevice: ReadonlySignal<MessageIndex | null> = index;

/** Another number whenever more may be found. */
export const version: ReadonlySignal<number> = changed;

/** How far back encrypted messages are found, in one room or in all. Null while nothing is known. */
export function coverage(roomId: string | null): Coverage | null {
    if (changed.value < 0 || !index.value) return null;
    if (roomId === null) return commonCoverage(Object.values(index.value.rooms));
    const room = index.value.room(roomId);
    return room ? coverageOf(room) : null;
}

/** Open the index and read into it. Returns how to stop. */
export function startReading(matrix: Matrix): () => void {
    let isOver = false;
    let stop = (): void => undefined;
    const begin = async (): Promise<void> => {
        const [seal, shelf] = await Promise.all([Seal.of(matrix.session.storageKey, "message index"), openShelf()]);
        const opened = await MessageIndex.open(shelf, seal);
        if (isOver) return opened.close();
        const reader = new Reader(matrix, opened, () => void changed.value++);
        const again = (): void => reader.readMissingAgain();
        let timer = 0;
        const onKeys = (): void => {
            clearTimeout(timer);
            timer = window.setTimeout(again, KEYS_COME_MS);
        };
        matrix.client.on(CryptoEvent.KeyBackupDecryptionKeyCached, onKeys);
        again();
        index.value = opened;
        stop = () => {
            matrix.client.off(CryptoEvent.KeyBackupDecryptionKeyCached, onKeys);
            clearTimeout(timer);
            reader.close();
            opened.close();
            index.value = null;
        };
    };
    begin().catch((error: unknown) => console.warn("Encrypted messages are not searched", error));
    return () => {
        isOver = true;
        stop();
    };
}
