import { expect, test } from "vitest";
import { work } from "./work";

test("the work that is found is what the server asked for", async () => {
    const prefix = "0123456789abcdef0123456789abcdef";
    const nonce = await work(prefix, 10);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(prefix + nonce));
    expect(new DataView(digest).getUint32(0) >>> 22).toBe(0);
    expect(nonce.length).toBeLessThanOrEqual(64);
});
