// @vitest-environment node
import { expect, test } from "vitest";
import { NotAKeyFile, openKeys, sealKeys, WrongPassphrase } from "./keyFile";

/** Made with Python's hashlib and cryptography from the words of the spec, by nobody who knew our code. */
const KNOWN =
    "-----BEGIN MEGOLM SESSION DATA-----\nAQABAgMEBQYHCAkKCwwNDg9kZWZnaGlqa2xtbm9wcXJzAAAAB1xdIBVmzlAiSnboKYRbpRz5JSAdrT98pUy11h8VEk0i6mEq3ulzBtrnn0mTLvJjspDMhH01MFmm1ICi4BLOq9+KDjSpb7I=\n-----END MEGOLM SESSION DATA-----";

test("what is sealed can be opened with the same passphrase, and with no other", async () => {
    const json = JSON.stringify([{ session_id: "ü".repeat(50_000) }]);
    const file = await sealKeys(json, "four words of mine", 10);
    expect(await openKeys(file, "four words of mine")).toBe(json);
    await expect(openKeys(file, "four words of yours")).rejects.toThrow(WrongPassphrase);
    expect(Math.max(...file.split("\n").map((line) => line.length))).toBeLessThan(80);
});

test("a file of another implementation is opened", async () => {
    expect(await openKeys(`something before\n${KNOWN}`, "fog over Lille")).toBe(
        '[{"algorithm":"m.megolm.v1.aes-sha2"}]',
    );
});

test.each([
    "",
    "-----BEGIN MEGOLM SESSION DATA-----\n-----END MEGOLM SESSION DATA-----",
    "-----BEGIN MEGOLM SESSION DATA-----\n###\n-----END MEGOLM SESSION DATA-----",
    `-----BEGIN MEGOLM SESSION DATA-----\n${btoa("\u0002".repeat(100))}\n-----END MEGOLM SESSION DATA-----`,
    `-----BEGIN MEGOLM SESSION DATA-----\n${btoa("\u0001\u00ff".repeat(60))}\n-----END MEGOLM SESSION DATA-----`,
])("what is no such file is refused, %#", async (file) => {
    await expect(openKeys(file, "anything")).rejects.toThrow(NotAKeyFile);
});
