import { expect, test } from "vitest";
import { addressFrom, groupOptions } from "./create";

test("private groups are encrypted and public ones are open", () => {
    const wish = { name: "Stations", address: "stations", invite: ["@b:c"] };
    const closed = groupOptions({ ...wish, isPublic: false });
    expect(closed.initial_state?.map(({ type }) => type)).toEqual(["m.room.encryption"]);
    expect([closed.preset, closed.room_alias_name]).toEqual(["private_chat", undefined]);
    const open = groupOptions({ ...wish, isPublic: true });
    expect([open.preset, open.visibility, open.room_alias_name]).toEqual(["public_chat", "public", "stations"]);
    expect(open.initial_state).toBeUndefined();
});

test("a name suggests an address", () => {
    expect(addressFrom("  L’École de Lille! ")).toBe("l-ecole-de-lille");
});
