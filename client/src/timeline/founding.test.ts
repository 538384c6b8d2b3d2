import { MatrixEvent } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { isFounding } from "./items";

const create = new MatrixEvent({ type: "m.room.create", sender: "@ann:b", state_key: "", content: {} });
const joins = (who: string): MatrixEvent =>
    new MatrixEvent({ type: "m.room.member", sender: who, state_key: who, content: { membership: "join" } });

test("that the founder of a room came in is no news, that others did is", () => {
    expect(isFounding(joins("@ann:b"), create)).toBe(true);
    expect(isFounding(joins("@ben:b"), create)).toBe(false);
    expect(isFounding(joins("@ann:b"), joins("@ben:b"))).toBe(false);
    expect(isFounding(joins("@ann:b"), undefined)).toBe(false);
});
