import { ClientEvent, MatrixError, type Room } from "matrix-js-sdk";
import { expect, test, vi } from "vitest";
import type { Matrix } from "../matrix/matrix";
import { savedRoom } from "./saved";

/** A server that keeps one value, and tells of a room only after some time. */
function person(kept: string | null, joined = [kept]) {
    const listeners = new Set<() => void>();
    const rooms = new Map<string, Room>();
    const add = (roomId: string): void => {
        const state = { getStateEvents: () => ({}) };
        rooms.set(roomId, { roomId, currentState: state } as unknown as Room);
        for (const listener of listeners) listener();
    };
    if (kept) add(kept);
    const createRoom = vi.fn(async (_: { initial_state: { type: string }[]; invite?: string[] }) => {
        setTimeout(() => add("!new:x"), 5);
        return { room_id: "!new:x" };
    });
    const setAccountData = vi.fn(async () => undefined);
    const client = {
        http: {
            authedRequest: async () => {
                if (kept === null) throw new MatrixError({ errcode: "M_NOT_FOUND" }, 404);
                return { room_id: kept };
            },
        },
        getJoinedRooms: async () => ({ joined_rooms: joined }),
        setAccountData,
        createRoom,
        getRoom: (roomId: string) => rooms.get(roomId) ?? null,
        on: (name: string, act: () => void) => name === ClientEvent.Room && listeners.add(act),
        off: (_: string, act: () => void) => listeners.delete(act),
    };
    return { matrix: { client, me: "@ann:x" } as unknown as Matrix, createRoom, setAccountData };
}

test("the room is made once, encrypted, for nobody else, and noted in the account", async () => {
    const { matrix, createRoom, setAccountData } = person(null);
    const [one, other] = await Promise.all([savedRoom(matrix), savedRoom(matrix)]);
    expect([one.roomId, other.roomId]).toEqual(["!new:x", "!new:x"]);
    expect(createRoom).toHaveBeenCalledOnce();
    const [options] = createRoom.mock.calls[0] ?? [];
    expect(options?.initial_state.map(({ type }) => type)).toEqual(["m.room.encryption"]);
    expect(options?.invite).toBeUndefined();
    expect(setAccountData).toHaveBeenCalledWith("org.chappe.saved_messages", { room_id: "!new:x" });
});

test("the one that another device made is taken, but not one that was left", async () => {
    const there = person("!old:x");
    expect((await savedRoom(there.matrix)).roomId).toBe("!old:x");
    expect(there.createRoom).not.toHaveBeenCalled();
    const left = person("!old:x", []);
    expect((await savedRoom(left.matrix)).roomId).toBe("!new:x");
});
