import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Matrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";
import type { Session } from "../session/kept";
import { keepSnapshot, readSnapshot } from "./snapshot";

const session = (key: string): Session => ({ storageKey: btoa(key.repeat(32).slice(0, 32)) }) as Session;
const view = (id: string, isArchived = false): RoomView =>
    ({
        id,
        name: `Name of ${id}`,
        last: null,
        lastAt: 5,
        unread: 2,
        isArchived,
        picture: null,
        partner: null,
    }) as RoomView;

test("the top of the list is kept for the same login, and nobody reads it there", async () => {
    const views = [view("!hidden", true), ...Array.from({ length: 50 }, (_, i) => view(`!${i}`))];
    await keepSnapshot({ rooms: { chats: signal(views) }, session: session("a") } as unknown as Matrix);
    const kept = localStorage.getItem("chappe.list") ?? "";
    expect(atob(kept)).not.toContain("Name of");
    const seen = await readSnapshot(session("a"));
    expect(seen).toHaveLength(24);
    expect(seen[0]).toMatchObject({ id: "!0", name: "Name of !0", unread: 2 });
    expect(await readSnapshot(session("b"))).toEqual([]);
    localStorage.setItem("chappe.list", "%%");
    expect(await readSnapshot(session("a"))).toEqual([]);
});
