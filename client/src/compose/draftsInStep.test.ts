import { signal } from "@preact/signals";
import { MatrixEvent, RoomEvent } from "matrix-js-sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Matrix } from "../matrix/matrix";
import { draftOf, forgetDrafts } from "./drafts";
import { DRAFT, DraftsInStep } from "./draftsInStep";
import { targetOf } from "./target";

const ROOM = "!a:x";
type Content = Record<string, unknown>;

/** A device, and a server that keeps what it is given. */
function device(key: Uint8Array | null, kept: Content = {}) {
    const listeners = new Map<string, (...told: unknown[]) => void>();
    const room = { roomId: ROOM, getAccountData: () => new MatrixEvent({ type: DRAFT, content: kept }) };
    const state = { key };
    const setRoomAccountData = vi.fn(async (_: string, __: string, content: Content) => {
        kept = content;
    });
    const client = {
        on: (name: string, act: (...told: unknown[]) => void) => listeners.set(name, act),
        off: (name: string) => listeners.delete(name),
        getRooms: () => [room],
        getCrypto: () => ({ getSessionBackupPrivateKey: async () => state.key }),
        setRoomAccountData,
    };
    const drafts = new DraftsInStep({ client, connection: signal("online") } as unknown as Matrix);
    const hear = (content: Content): void =>
        listeners.get(RoomEvent.AccountData)?.(new MatrixEvent({ type: DRAFT, content }), room);
    return { drafts, hear, setRoomAccountData, state, kept: () => kept };
}

const KEY = new Uint8Array(32).fill(7);
const settled = (): Promise<void> =>
    vi.waitFor(() => expect(true).toBe(true)).then(() => new Promise((done) => setImmediate(done)));

async function typed(text: string): Promise<void> {
    draftOf(ROOM).value = text;
    await vi.advanceTimersByTimeAsync(2_000);
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
    vi.useRealTimers();
    targetOf(ROOM).value = null;
    forgetDrafts();
});

test("what is begun on one device is there on another, and the server cannot read it", async () => {
    const one = device(KEY);
    await typed("half a thought");
    await vi.waitFor(() => expect(one.setRoomAccountData).toHaveBeenCalledOnce());
    expect(JSON.stringify(one.kept())).not.toContain("thought");
    one.drafts.close();
    forgetDrafts(); // another device
    const other = device(KEY, one.kept());
    await vi.waitFor(() => expect(draftOf(ROOM).peek()).toBe("half a thought"));
    draftOf(ROOM).value = ""; // sent there
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.waitFor(() => expect(other.kept()).toEqual({}));
    other.drafts.close();
});

test("several letters are told at once", async () => {
    const one = device(KEY);
    for (const text of ["h", "ha", "hal", "half"]) draftOf(ROOM).value = text;
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.waitFor(() => expect(one.setRoomAccountData).toHaveBeenCalledOnce());
    one.drafts.close();
});

test("who types is not interrupted by another device, nor by what the server repeats", async () => {
    const one = device(KEY);
    await typed("from there");
    await vi.waitFor(() => expect(one.kept()).toHaveProperty("sealed"));
    const there = one.kept();
    draftOf(ROOM).value = "from there, typed on";
    one.hear(there);
    await settled();
    expect(draftOf(ROOM).peek()).toBe("from there, typed on");
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.waitFor(() => expect(one.setRoomAccountData).toHaveBeenCalledTimes(2));
    one.hear({}); // sent by another device, and nothing new was typed here
    await vi.waitFor(() => expect(draftOf(ROOM).peek()).toBe(""));
    one.drafts.close();
});

test("without the key drafts stay here, and go when it has come", async () => {
    const one = device(null);
    await typed("alone");
    await settled();
    expect(one.setRoomAccountData).not.toHaveBeenCalled();
    one.state.key = KEY;
    await typed("alone no more");
    await vi.waitFor(() => expect(one.setRoomAccountData).toHaveBeenCalledOnce());
    one.drafts.close();
});

test("a draft of another key, or of another room, is none", async () => {
    const one = device(KEY);
    await typed("secret");
    await vi.waitFor(() => expect(one.kept()).toHaveProperty("sealed"));
    one.drafts.close();
    forgetDrafts();
    const other = device(new Uint8Array(32).fill(8), one.kept());
    await settled();
    expect(draftOf(ROOM).peek()).toBe("");
    other.hear({ sealed: 3 });
    await settled();
    expect(draftOf(ROOM).peek()).toBe("");
    other.drafts.close();
});

test("a message that is being changed is no draft, and logging out takes none away from other devices", async () => {
    const one = device(KEY);
    targetOf(ROOM).value = { kind: "edit", event: new MatrixEvent() };
    await typed("what it says now");
    await settled();
    expect(one.setRoomAccountData).not.toHaveBeenCalled();
    targetOf(ROOM).value = null;
    await typed("a draft");
    await vi.waitFor(() => expect(one.setRoomAccountData).toHaveBeenCalledOnce());
    forgetDrafts();
    await vi.advanceTimersByTimeAsync(5_000);
    await settled();
    expect(one.setRoomAccountData).toHaveBeenCalledOnce();
    one.drafts.close();
});
