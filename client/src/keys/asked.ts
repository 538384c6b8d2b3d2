import { type ReadonlySignal, signal } from "@preact/signals";
import { type VerificationRequest, VerificationRequestEvent } from "matrix-js-sdk/lib/crypto-api";

const waiting = signal<readonly VerificationRequest[]>([]);

/** Other people's wishes to compare keys that still wait for an answer. */
export const asked: ReadonlySignal<readonly VerificationRequest[]> = waiting;

/** Hold a wish until it is answered or over. A dialog for each would let anybody fill this screen. */
export function offer(request: VerificationRequest): void {
    if (waiting.peek().includes(request)) return;
    waiting.value = [...waiting.peek(), request];
    const look = (): void => {
        if (request.pending && !request.accepting && !request.declining) return;
        request.off(VerificationRequestEvent.Change, look);
        waiting.value = waiting.peek().filter((each) => each !== request);
    };
    request.on(VerificationRequestEvent.Change, look);
}
