import { EventEmitter } from "node:events";
import {
    VerificationPhase,
    type VerificationRequest,
    VerificationRequestEvent,
    VerifierEvent,
} from "matrix-js-sdk/lib/crypto-api";
import { describe, expect, test } from "vitest";
import { endedBy, Verification } from "./verification";

const ME = "@ann:tower.test";

class FakeVerifier extends EventEmitter {
    sas: object | null = null;
    verified = 0;
    getShowSasCallbacks = () => this.sas;
    getReciprocateQrCodeCallbacks = () => null;
    verify = async (): Promise<void> => {
        this.verified++;
    };
}

class FakeRequest extends EventEmitter {
    phase = VerificationPhase.Requested;
    initiatedByMe = false;
    accepting = false;
    verifier: FakeVerifier | undefined;
    cancellationCode: string | null = null;
    cancellingUserId: string | undefined;
    methods: string[] = ["m.qr_code.show.v1"];
    get pending(): boolean {
        return this.phase < VerificationPhase.Cancelled;
    }
    otherPartySupportsMethod = (method: string) => this.methods.includes(method);
    generateQRCode = async () => Uint8ClampedArray.of(1, 2);
    cancel = async (): Promise<void> => {
        this.become(VerificationPhase.Cancelled);
    };
    become(phase: VerificationPhase): void {
        this.phase = phase;
        this.emit(VerificationRequestEvent.Change);
    }
}

function begun(): { request: FakeRequest; verification: Verification } {
    const request = new FakeRequest();
    return { request, verification: new Verification(request as unknown as VerificationRequest, ME) };
}

test("who is asked answers, and who asks waits", () => {
    const { request, verification } = begun();
    expect(verification.step.value.kind).toBe("asked");
    request.initiatedByMe = true;
    request.become(VerificationPhase.Requested);
    expect(verification.step.value.kind).toBe("waiting");
});

test("when both are there, a code is shown as soon as it is made", async () => {
    const { request, verification } = begun();
    request.become(VerificationPhase.Ready);
    expect(verification.step.value).toMatchObject({ kind: "choose", code: null, canScan: true });
    await Promise.resolve();
    await Promise.resolve();
    expect(verification.step.value).toMatchObject({ code: Uint8ClampedArray.of(1, 2) });
});

test("pictures are shown, answered, and not shown again", async () => {
    const { request, verification } = begun();
    request.verifier = new FakeVerifier();
    request.become(VerificationPhase.Started);
    request.become(VerificationPhase.Started);
    expect(request.verifier.verified).toBe(1);
    expect(verification.step.value.kind).toBe("working");
    let said = 0;
    request.verifier.emit(VerifierEvent.ShowSas, { sas: { emoji: [["🐶", "Dog"]] }, confirm: async () => said++ });
    expect(verification.step.value).toEqual({ kind: "pictures", pictures: [["🐶", "Dog"]] });
    await verification.same();
    expect(said).toBe(1);
    expect(verification.step.value.kind).toBe("said");
    request.become(VerificationPhase.Done);
    expect(verification.step.value.kind).toBe("done");
});

test("who stops has stopped, whatever the code says", () => {
    const { verification } = begun();
    verification.stop();
    expect(verification.step.value).toEqual({ kind: "ended", by: "here" });
});

describe("why it ended", () => {
    test.each([
        ["m.mismatched_sas", "different"],
        ["m.key_mismatch", "different"],
        ["m.timeout", "time"],
        ["m.accepted", "elsewhere"],
        ["m.unknown_method", "unknown"],
        [null, "unknown"],
    ])("%s", (code, by) => {
        expect(endedBy({ cancellationCode: code, cancellingUserId: "@ben:tower.test" }, ME)).toBe(by);
    });

    test("somebody stopped", () => {
        const code = { cancellationCode: "m.user" };
        expect(endedBy({ ...code, cancellingUserId: "@ben:tower.test" }, ME)).toBe("other");
        expect(endedBy({ ...code, cancellingUserId: ME }, ME)).toBe("here");
    });
});
