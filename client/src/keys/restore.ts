import { type ReadonlySignal, signal } from "@preact/signals";
import type { MatrixEvent } from "matrix-js-sdk";
import { type CryptoApi, type ImportRoomKeyProgressData, ImportRoomKeyStage } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { cryptoOf } from "./crypto";

export interface Progress {
    done: number;
    /** 0 until it is known. */
    total: number;
}

const progress = signal<Progress | null>(null);
let running: Promise<number> | null = null;

/** How far the kept keys have come, while they are fetched. */
export const restoring: ReadonlySignal<Progress | null> = progress;

/** Fetch every kept key of rooms, and read with them what could not be read. Returns how many there were. */
export function restoreAll(matrix: Matrix): Promise<number> {
    running ??= restore(matrix).finally(() => {
        running = null;
        progress.value = null;
    });
    return running;
}

async function restore(matrix: Matrix): Promise<number> {
    const crypto = cryptoOf(matrix);
    progress.value = { done: 0, total: 0 };
    const { imported } = await crypto.restoreKeyBackup({
        progressCallback: (told) => {
            progress.value = progressOf(told);
        },
    });
    await readAgain(matrix);
    return imported;
}

export function progressOf(told: ImportRoomKeyProgressData): Progress {
    if (told.stage === ImportRoomKeyStage.Fetch) return { done: 0, total: 0 };
    return { done: told.successes + told.failures, total: told.total };
}

/** What an event is decrypted with: the same object, which the SDK gives out as less than it is. */
type Backend = CryptoApi & Parameters<MatrixEvent["attemptDecryption"]>[0];

/** Try again to read what is loaded and could not be read; the SDK does so by itself only for some of it. */
export async function readAgain(matrix: Matrix, roomId?: string): Promise<void> {
    const crypto = cryptoOf(matrix) as Backend;
    const rooms = matrix.client.getRooms().filter((room) => roomId === undefined || room.roomId === roomId);
    const events = rooms.flatMap((room) =>
        room
            .getUnfilteredTimelineSet()
            .getTimelines()
            .flatMap((timeline) => timeline.getEvents()),
    );
    const unread = events.filter((event) => event.isDecryptionFailure());
    await Promise.all(unread.map((event) => event.attemptDecryption(crypto, { isRetry: true })));
}
