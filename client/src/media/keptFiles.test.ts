// @vitest-environment node
import { expect, test } from "vitest";
import { seal, type ToKeep, unseal } from "./keptFiles";

const KEY = btoa("k".repeat(32));
const file = new File(["what is SECRET"], "plan.txt", { type: "text/plain" });
const kept: ToKeep = { roomId: "!a:b", threadId: null, caption: { body: "SECRET" }, voice: null, file };

test("a file that waits comes back as it was", async () => {
    const again = await unseal(KEY, await seal(KEY, kept));
    expect({ ...again, file: null }).toEqual({ ...kept, file: null });
    expect([again.file.name, again.file.type, await again.file.text()]).toEqual([
        file.name,
        file.type,
        await file.text(),
    ]);
});

test("nobody reads it without the key of the login", async () => {
    const sealed = await seal(KEY, kept);
    expect(new TextDecoder("latin1").decode(sealed.bytes)).not.toMatch(/SECRET|plan|!a:b/);
    await expect(unseal(btoa("x".repeat(32)), sealed)).rejects.toThrow();
    new Uint8Array(sealed.bytes)[3] = 7;
    await expect(unseal(KEY, sealed)).rejects.toThrow();
});
