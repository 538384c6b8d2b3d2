import { effect } from "@preact/signals";
import { CryptoEvent, type VerificationRequest } from "matrix-js-sdk/lib/crypto-api";
import type { Started } from "../app/parts";
import type { Matrix } from "../matrix/matrix";
import { offer } from "./asked";
import { openComparison } from "./Comparison";
import { openConfirmDevice } from "./ConfirmDevice";
import { openFirstSteps } from "./FirstSteps";
import { readAgain, restoreAll } from "./restore";
import { keepSending } from "./sending";
import { setUpKeys } from "./setUp";
import { keysOf } from "./state";
import { peopleOf } from "./trust";
import "./keyring";

/** Said in this browser once the first steps of this login were shown; logging out removes it. */
const SHOWN = "chappe.keys.shown";

/** Another device adds its newest keys to the copy only after some seconds, and is not always there. */
const AGAIN_MS = [15_000, 60_000];

/** Sets the keys up, or asks to confirm this device, and shows what other devices and people ask for. */
const start: Started = (matrix) => {
    const keys = keysOf(matrix);
    const people = peopleOf(matrix);
    const { client } = matrix;
    const onRequest = (request: VerificationRequest): void => show(matrix, request);
    const timers = new Set<number>();
    const onKey = (): void => {
        // The key of the copy has come from another device: so the older messages can be read.
        restoreAll(matrix).catch((error: unknown) => console.warn("Older keys did not come", error));
        for (const after of AGAIN_MS) timers.add(window.setTimeout(() => void readAgain(matrix), after));
    };
    client.on(CryptoEvent.VerificationRequestReceived, onRequest);
    keepSending(matrix);
    let isBegun = false;
    const stopWaiting = effect(() => {
        if (matrix.connection.value !== "online" || isBegun) return;
        isBegun = true;
        begin(matrix)
            .then(() => client.on(CryptoEvent.KeyBackupDecryptionKeyCached, onKey))
            .catch((error: unknown) => {
                console.warn("Keys could not be set up", error);
                isBegun = false; // again with the next connection
            });
    });
    return () => {
        stopWaiting();
        for (const timer of timers) clearTimeout(timer);
        keys.close();
        people.close();
        client.off(CryptoEvent.VerificationRequestReceived, onRequest);
        client.off(CryptoEvent.KeyBackupDecryptionKeyCached, onKey);
    };
};

export default start;

async function begin(matrix: Matrix): Promise<void> {
    const areNew = await setUpKeys(matrix);
    await keysOf(matrix).look();
    const { isConfirmed, hasIdentity } = keysOf(matrix).view.peek();
    if (localStorage.getItem(SHOWN)) return;
    localStorage.setItem(SHOWN, "1");
    if (areNew) openFirstSteps();
    else if (hasIdentity && !isConfirmed) openConfirmDevice();
}

/** One's own devices are shown at once: one has them in one's hands. Others wait until this person looks. */
function show(matrix: Matrix, request: VerificationRequest): void {
    if (request.initiatedByMe || !request.pending) return;
    if (request.isSelfVerification) openComparison(matrix, request);
    else offer(request);
}
