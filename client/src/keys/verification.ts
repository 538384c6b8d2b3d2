import { type ReadonlySignal, signal } from "@preact/signals";
import {
    type EmojiMapping,
    type ShowQrCodeCallbacks,
    type ShowSasCallbacks,
    VerificationPhase,
    type VerificationRequest,
    VerificationRequestEvent,
    type Verifier,
    VerifierEvent,
} from "matrix-js-sdk/lib/crypto-api";

const SAS = "m.sas.v1";
const SHOW_QR = "m.qr_code.show.v1";

/** Why a comparison ended without a result. */
export type EndedBy = "different" | "other" | "here" | "time" | "elsewhere" | "unknown";

/** How far a comparison of keys is, in the words of a person. */
export type Step =
    /** They have asked, and wait for an answer. */
    | { kind: "asked" }
    /** We have asked. */
    | { kind: "waiting" }
    /** Both are there. `code`: what the other side may scan. `canScan`: it shows one, too. */
    | { kind: "choose"; code: Uint8ClampedArray | null; canScan: boolean }
    | { kind: "working" }
    | { kind: "pictures"; pictures: readonly EmojiMapping[] }
    /** We have said that the pictures are the same. */
    | { kind: "said" }
    /** The other side has scanned our code: did it work? */
    | { kind: "scanned" }
    | { kind: "done" }
    | { kind: "ended"; by: EndedBy };

/** A comparison of keys with another device, as a signal of what is to be shown (spec: "Key verification framework"). */
export class Verification {
    private readonly current = signal<Step>({ kind: "working" });
    private verifier: Verifier | null = null;
    private sas: ShowSasCallbacks | null = null;
    private reciprocation: ShowQrCodeCallbacks | null = null;
    private code: Uint8ClampedArray | null = null;
    private hasAskedForCode = false;
    private hasSaid = false;
    private hasStopped = false;

    constructor(
        readonly request: VerificationRequest,
        private readonly me: string,
    ) {
        request.on(VerificationRequestEvent.Change, this.look);
        this.look();
    }

    get step(): ReadonlySignal<Step> {
        return this.current;
    }

    accept(): Promise<void> {
        return this.request.accept();
    }

    async comparePictures(): Promise<void> {
        this.use(await this.request.startVerification(SAS));
    }

    /** The code of the other side was scanned. Fails when it is another one. */
    async scanned(bytes: Uint8ClampedArray): Promise<void> {
        this.use(await this.request.scanQRCode(bytes));
    }

    async same(): Promise<void> {
        this.hasSaid = true;
        this.look();
        await this.sas?.confirm();
    }

    different(): void {
        this.sas?.mismatch();
    }

    scanWorked(): void {
        this.hasSaid = true;
        this.look();
        this.reciprocation?.confirm();
    }

    /** Stop, unless it is over. */
    stop(): void {
        this.hasStopped = true;
        if (this.request.pending) this.request.cancel().catch(() => undefined);
    }

    private use(verifier: Verifier): void {
        if (this.verifier === verifier) return;
        this.verifier = verifier;
        verifier.on(VerifierEvent.ShowSas, this.onSas);
        verifier.on(VerifierEvent.ShowReciprocateQr, this.onReciprocate);
        this.sas = verifier.getShowSasCallbacks();
        this.reciprocation = verifier.getReciprocateQrCodeCallbacks();
        verifier.verify().catch(() => this.look()); // how it went is seen in the phase of the request
        this.look();
    }

    private readonly onSas = (sas: ShowSasCallbacks): void => {
        this.sas = sas;
        this.look();
    };

    private readonly onReciprocate = (callbacks: ShowQrCodeCallbacks): void => {
        this.reciprocation = callbacks;
        this.look();
    };

    private readonly look = (): void => {
        const { request } = this;
        if (request.phase === VerificationPhase.Started && request.verifier) this.use(request.verifier);
        if (request.phase === VerificationPhase.Ready && !this.hasAskedForCode) void this.askForCode();
        this.current.value = this.stepNow();
    };

    private stepNow(): Step {
        const { request } = this;
        switch (request.phase) {
            case VerificationPhase.Unsent:
            case VerificationPhase.Requested:
                if (request.accepting) return { kind: "working" };
                return request.initiatedByMe ? { kind: "waiting" } : { kind: "asked" };
            case VerificationPhase.Ready:
                return {
                    kind: "choose",
                    code: this.code,
                    canScan: request.otherPartySupportsMethod(SHOW_QR),
                };
            case VerificationPhase.Started:
                if (this.hasSaid) return { kind: "said" };
                if (this.sas?.sas.emoji) return { kind: "pictures", pictures: this.sas.sas.emoji };
                return this.reciprocation ? { kind: "scanned" } : { kind: "working" };
            case VerificationPhase.Done:
                return { kind: "done" };
            case VerificationPhase.Cancelled:
                return { kind: "ended", by: this.hasStopped ? "here" : endedBy(request, this.me) };
        }
    }

    private async askForCode(): Promise<void> {
        this.hasAskedForCode = true;
        const code = await this.request.generateQRCode().catch(() => undefined);
        if (!code) return;
        this.code = code;
        this.look();
    }

    close(): void {
        this.request.off(VerificationRequestEvent.Change, this.look);
        this.verifier?.off(VerifierEvent.ShowSas, this.onSas);
        this.verifier?.off(VerifierEvent.ShowReciprocateQr, this.onReciprocate);
    }
}

/** In the words of the spec's codes of "m.key.verification.cancel". */
export function endedBy(
    request: Pick<VerificationRequest, "cancellationCode" | "cancellingUserId">,
    me: string,
): EndedBy {
    switch (request.cancellationCode) {
        case "m.mismatched_sas":
        case "m.mismatched_commitment":
        case "m.key_mismatch":
            return "different";
        case "m.timeout":
            return "time";
        case "m.accepted":
            return "elsewhere";
        case "m.user":
            return request.cancellingUserId === me ? "here" : "other";
        default:
            return "unknown";
    }
}
