// @vitest-environment node
import { readFileSync } from "node:fs";
import { MatrixEvent, type Room } from "matrix-js-sdk";
import { RustCrypto } from "matrix-js-sdk/lib/rust-crypto/rust-crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson, NotCanonical } from "./canonicalJson";
import { COMMITMENT, commitThrough, type Encrypts, hmacOf, OPENING, opens } from "./commitments";

interface Opened {
    name: string;
    room_id: string;
    sender: string;
    type: string;
    content: Record<string, unknown>;
    message: string;
    opening: string;
    hmac: string;
}

// The server's tests read the same file.
const vectors = JSON.parse(
    readFileSync(new URL("../../../tests/moderation/commitments.json", import.meta.url), "utf8"),
) as {
    opened: Opened[];
    refused: { name: string; content: Record<string, unknown> }[];
};

const keyOf = (one: Opened) => Uint8Array.from(atob(one.opening), (sign) => sign.charCodeAt(0));
const messageOf = ({ room_id: roomId, sender, type, content }: Opened) => ({ roomId, sender, type, content });

describe("the same bytes as the server's", () => {
    test.each(vectors.opened)("$name", async (one) => {
        const { room_id, sender, type, content } = one;
        expect(canonicalJson({ type, sender, room_id, content })).toBe(one.message);
        expect(await hmacOf(keyOf(one), messageOf(one))).toBe(one.hmac);
        expect(await opens({ v: 1, hmac: one.hmac }, one.opening, messageOf(one))).toBe(true);
        expect(await opens({ v: 1, hmac: one.hmac }, one.opening, { ...messageOf(one), sender: "@b:x" })).toBe(false);
        expect(await opens({ v: 1, hmac: one.hmac }, `${one.opening.slice(0, -4)}AAAA`, messageOf(one))).toBe(false);
    });

    test.each(vectors.refused)("nothing for $name", ({ content }) => {
        expect(() => canonicalJson({ content })).toThrow(NotCanonical);
    });
});

test("the crypto of the SDK encrypts by the name that is wrapped", () => {
    expect(RustCrypto.prototype.encryptEvent).toBeTypeOf("function");
});

const room = { roomId: "!r:tower.test" } as Room;

/** As the SDK's does it: what was said stays with the event, and what goes to the server takes its place. */
function pretended(seen: Record<string, unknown>[]): Encrypts {
    return {
        encryptEvent: async (event) => {
            seen.push(event.getContent());
            event.makeEncrypted("m.room.encrypted", { ciphertext: "…" }, "", "");
        },
    };
}

function said(content: Record<string, unknown>): MatrixEvent {
    return new MatrixEvent({ type: "m.room.message", content, sender: "@ann:tower.test", room_id: room.roomId });
}

test("a message carries its commitment outside, and the key to it inside", async () => {
    const seen: Record<string, unknown>[] = [];
    const crypto = pretended(seen);
    commitThrough(crypto, "@ann:tower.test");
    const content = { msgtype: "m.text", body: "The arms are up.", format: undefined };
    const [one, other] = [said(content), said({ ...content, [OPENING]: "of another message" })];
    await crypto.encryptEvent(one, room);
    await crypto.encryptEvent(other, room);
    for (const [i, event] of [one, other].entries()) {
        const { [OPENING]: opening, ...rest } = seen[i] ?? {};
        const commitment = event.getWireContent()[COMMITMENT];
        const message = { roomId: room.roomId, sender: "@ann:tower.test", type: "m.room.message", content: rest };
        expect(await opens(commitment, opening, message)).toBe(true);
        expect(event.getWireContent()[OPENING]).toBeUndefined();
    }
    expect(seen[0]?.[OPENING]).not.toBe(seen[1]?.[OPENING]); // a fresh key each time
});

test("what cannot be committed to is sent without, and without an old key", async () => {
    const seen: Record<string, unknown>[] = [];
    const crypto = pretended(seen);
    commitThrough(crypto, "@ann:tower.test");
    const event = said({ msgtype: "m.location", geo: 0.5, [OPENING]: "old" });
    await crypto.encryptEvent(event, room);
    expect(event.getWireContent()).toEqual({ ciphertext: "…" });
    expect(seen[0]).toEqual({ msgtype: "m.location", geo: 0.5 });
});
