import { type ReadonlySignal, signal } from "@preact/signals";
import { navigate } from "../app/route";
import { forgetSession, readSession, type Session, writeSession } from "./kept";
import { removeLeftovers } from "./leftovers";
import { takeTab } from "./oneTab";

/** Why somebody is not logged in, where they did not ask for it. */
export type Ended = "elsewhere" | "expired";

export type SessionState =
    | { kind: "restoring" }
    /** Browsers have no cryptography at this address. */
    | { kind: "insecure" }
    /** Another tab has the keys. */
    | { kind: "otherTab" }
    | { kind: "out"; ended?: Ended; before?: Session }
    | { kind: "in"; session: Session };

const current = signal<SessionState>({ kind: "restoring" });

export const sessionState: ReadonlySignal<SessionState> = current;

/** What was there before the page was loaded. */
export async function restoreSession(): Promise<void> {
    if (!globalThis.crypto?.subtle) {
        current.value = { kind: "insecure" };
        return;
    }
    const session = await readSession();
    if (!session) {
        await removeLeftovers();
        current.value = whyOut();
    } else if (session.hasEnded) current.value = { kind: "out", ended: "expired", before: session };
    else await enter(session);
}

/** Somebody has logged in. */
export async function begin(session: Session): Promise<void> {
    await writeSession(session);
    await enter(session);
}

/** Take the session over from another tab. */
export async function useHere(): Promise<void> {
    const session = await readSession();
    if (session) await enter(session, { steal: true });
    else current.value = { kind: "out" };
}

async function enter(session: Session, { steal = false } = {}): Promise<void> {
    const isOurs = await takeTab({ steal, lost: () => location.reload() });
    current.value = isOurs ? { kind: "in", session } : { kind: "otherTab" };
}

/** The login is no more. Its keys stay when the server says that the same person may go on (spec: "Soft logout"). */
export async function end(session: Session, ended?: Ended): Promise<void> {
    if (ended === "expired") {
        const before = { ...session, hasEnded: true, accessToken: "" };
        await writeSession(before);
        current.value = { kind: "out", ended, before };
    } else {
        await forgetSession();
        if (ended) sessionStorage.setItem(ENDED, ended);
        navigate({ name: "log-in" }, { replace: true });
        location.reload(); // nothing of the keys stays in the memory of this page
    }
}

/** Survives the loading of the page that ends a login. */
const ENDED = "chappe.ended";

function whyOut(): SessionState {
    const ended = sessionStorage.getItem(ENDED);
    sessionStorage.removeItem(ENDED);
    return ended === "elsewhere" ? { kind: "out", ended } : { kind: "out" };
}
