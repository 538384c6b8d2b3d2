// @vitest-environment node
import { createCipheriv, createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Damaged, decryptBytes, encryptBytes, isEncryptedFile } from "./encrypted";

const bytesOf = (text: string): ArrayBuffer => new Uint8Array(new TextEncoder().encode(text)).buffer;
const textOf = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes);

test("what was encrypted is read again, and differs from what was meant", async () => {
    const { bytes, how } = await encryptBytes(bytesOf("semaphore"));
    expect(textOf(bytes)).not.toBe("semaphore");
    expect(textOf(await decryptBytes(bytes, how))).toBe("semaphore");
});

test("it is said as the specification says it", async () => {
    const { how } = await encryptBytes(bytesOf("x"));
    expect(how).toMatchObject({ v: "v2", key: { kty: "oct", alg: "A256CTR", ext: true } });
    expect(how.key.k).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(how.iv).toMatch(/^[A-Za-z0-9+/]{22}$/);
    expect(atob(how.iv).slice(8)).toBe("\0".repeat(8)); // the counter begins at nothing
    expect(how.hashes["sha256"]).toMatch(/^[A-Za-z0-9+/]{43}$/);
    const plain = createHash("sha256").update("x").digest("base64").replace("=", "");
    expect(how["org.chappe.plain_sha256"]).toBe(plain); // what was attached, for whoever has to prove it
});

test("what another implementation encrypted is read, by the key and counter of the message", async () => {
    const key = createHash("sha256").update("a key").digest();
    const iv = Buffer.concat([createHash("sha256").update("a counter").digest().subarray(0, 8), Buffer.alloc(8)]);
    const cipher = createCipheriv("aes-256-ctr", key, iv);
    const bytes = Buffer.concat([cipher.update("semaphore ".repeat(100)), cipher.final()]);
    const how = {
        v: "v2",
        key: { kty: "oct", alg: "A256CTR", ext: true, key_ops: ["decrypt"], k: key.toString("base64url") },
        iv: iv.toString("base64"), // padded, as some write it
        hashes: { sha256: createHash("sha256").update(bytes).digest("base64") },
    };
    expect(textOf(await decryptBytes(new Uint8Array(bytes).buffer, how))).toBe("semaphore ".repeat(100));
});

describe("what was changed on its way is refused", () => {
    test.each([
        ["a byte", (bytes: Uint8Array) => (bytes[0] = (bytes[0] ?? 0) ^ 1)],
        ["its end", (bytes: Uint8Array) => bytes.fill(0, -2)],
    ])("%s", async (_, change) => {
        const { bytes, how } = await encryptBytes(bytesOf("semaphore"));
        change(new Uint8Array(bytes));
        await expect(decryptBytes(bytes, how)).rejects.toBeInstanceOf(Damaged);
    });

    test.each([
        ["no hash", { hashes: {} }],
        ["a hash that is none", { hashes: { sha256: "%" } }],
        ["a short counter", { iv: "AAAA" }],
        ["another kind of key", { key: { alg: "A128CBC", ext: true, k: "AAAA", key_ops: [], kty: "oct" } }],
    ])("%s", async (_, wrong) => {
        const { bytes, how } = await encryptBytes(bytesOf("semaphore"));
        await expect(decryptBytes(bytes, { ...how, ...wrong })).rejects.toBeInstanceOf(Damaged);
    });
});

test.each([null, 3, {}, { url: "mxc://a/b" }, { url: "mxc://a/b", key: null, iv: "", hashes: {} }])(
    "%j is no encrypted file",
    (value) => expect(isEncryptedFile(value)).toBe(false),
);
