import { MatrixEvent, type Room } from "matrix-js-sdk";
import { expect, test, vi } from "vitest";
import type { Matrix } from "../matrix/matrix";
import { ORIGIN, originOf } from "../timeline/origin";
import { forward, forwarded } from "./forward";

const of = (content: Record<string, unknown>): MatrixEvent =>
    new MatrixEvent({ type: "m.room.message", sender: "@ann:x", origin_server_ts: 5, content });

test("it does not say there whom it answered or mentioned here", () => {
    const content = forwarded(
        of({
            msgtype: "m.text",
            body: "x",
            "m.mentions": { user_ids: ["@a:x"] },
            "m.relates_to": { "m.in_reply_to": {} },
        }),
    );
    expect(content).toEqual({ msgtype: "m.text", body: "x", "m.mentions": {}, [ORIGIN]: { name: "@ann:x", at: 5 } });
});

test("the first who said it stays the first", () => {
    const again = forwarded(of({ msgtype: "m.text", body: "x", [ORIGIN]: { name: "Zoë", at: 1 } }));
    expect(again[ORIGIN]).toEqual({ name: "Zoë", at: 1 });
});

test.each([null, 3, {}, { name: 3, at: 1 }, { name: "x", at: "now" }])("%j is no origin", (said) => {
    expect(originOf(of({ [ORIGIN]: said }))).toBeNull();
});

test("the key of an attachment never goes into an open room", async () => {
    const sendMessage = vi.fn();
    const matrix = { client: { sendMessage, getAccessToken: () => "" } } as unknown as Matrix;
    const event = of({
        msgtype: "m.file",
        body: "x",
        file: { url: "mxc://a/b", iv: "", key: { k: "" }, hashes: { sha256: "" } },
    });
    const room = (isEncrypted: boolean): Room =>
        ({ roomId: "!r", hasEncryptionStateEvent: () => isEncrypted }) as unknown as Room;
    await forward(matrix, event, room(true));
    expect(sendMessage).toHaveBeenCalledOnce();
    vi.stubGlobal("fetch", async () => new Response("", { status: 404 }));
    await expect(forward(matrix, event, room(false))).rejects.toThrow();
    expect(sendMessage).toHaveBeenCalledOnce();
});
