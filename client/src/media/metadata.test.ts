// @vitest-environment node
import { expect, test } from "vitest";
import { cleanJpeg, cleanPng, cleanWebp, orientationOf, withoutMetadata } from "./metadata";

/** Small pictures with a place, a camera and comments in them, each of which has the word SECRET somewhere. */
const JPEG =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QDaRXhpZgAATU0AKgAAAAgABAEPAAIAAAANAAAAPgESAAMAAAABAAYAAIglAAQAAAABAAAATJKGAAIAAAAHAAAAygAAAABTRUNSRVRDQU1FUkEAAAAFAAEAAgAAAAJOAAAAAAIABQAAAAMAAACOAAMAAgAAAAJFAAAAAAQABQAAAAMAAACmAB0AAgAAAAsAAAC+AAAAAAAAADAAAAABAAAAMwAAAAEAAAAeAAAAAQAAAAIAAAABAAAAEQAAAAEAAAAoAAAAAVNFQ1JFVERBVEUAAFNFQ1JFVAAA/+IAJUlDQ19QUk9GSUxFAAEBSUNDREFUQUlDQ0RBVEFJQ0NEQVRB//4AEFNFQ1JFVCBjb21tZW50/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCeo6utq2eAvMm6pseZqKuk/9sAQwEcHh4oIyhOKytOpG5dbqSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk/8IAEQgABAAIAwEiAAIRAQMRAf/EABUAAQEAAAAAAAAAAAAAAAAAAAAD/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwT/2gAMAwEAAhADEAAAAYA7P//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAQUCf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Bf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Bf//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEABj8Cf//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAT8hf//aAAwDAQACAAMAAAAQA//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Qf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Qf//EABcQAQADAAAAAAAAAAAAAAAAAAEAESH/2gAIAQEAAT8QMKJ//9lTRUNSRVQgZmlsbQ==";
const PNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAIAAAA8r+mnAAAADnRFWHRDb21tZW50AFNFQ1JFVJRSAq8AAAAjaVRYdFhNTDpjb20uYWRvYmUueG1wAAAAAAA8eD5TRUNSRVQ8L3g+nRCcrgAAANJlWElmTU0AKgAAAAgABAEPAAIAAAANAAAAPgESAAMAAAABAAYAAIglAAQAAAABAAAATJKGAAIAAAAHAAAAygAAAABTRUNSRVRDQU1FUkEAAAAFAAEAAgAAAAJOAAAAAAIABQAAAAMAAACOAAMAAgAAAAJFAAAAAAQABQAAAAMAAACmAB0AAgAAAAsAAAC+AAAAAAAAADAAAAABAAAAMwAAAAEAAAAeAAAAAQAAAAIAAAABAAAAEQAAAAEAAAAoAAAAAVNFQ1JFVERBVEUAAFNFQ1JFVAAAs/QN3QAAACBJREFUeJxjZGD4f0JOngEDMJ6Qk8MUZWBgYMIqik8CAA6pAw+Q2JRXAAAAAElFTkSuQmCC";
const WEBP =
    "UklGRiQBAABXRUJQVlA4WAoAAAAMAAAABwAAAwAAVlA4TBUAAAAvB8AAAA8wHoP8j//5Dx7c/z+i/+EARVhJRtIAAABNTQAqAAAACAAEAQ8AAgAAAA0AAAA+ARIAAwAAAAEABgAAiCUABAAAAAEAAABMkoYAAgAAAAcAAADKAAAAAFNFQ1JFVENBTUVSQQAAAAUAAQACAAAAAk4AAAAAAgAFAAAAAwAAAI4AAwACAAAAAkUAAAAABAAFAAAAAwAAAKYAHQACAAAACwAAAL4AAAAAAAAAMAAAAAEAAAAzAAAAAQAAAB4AAAABAAAAAgAAAAEAAAARAAAAAQAAACgAAAABU0VDUkVUREFURQAAU0VDUkVUAABYTVAgDQAAADx4PlNFQ1JFVDwveD4A";

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const joined = (parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(parts.flatMap((part) => [...part]));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

test.each([
    ["JPEG", JPEG, cleanJpeg],
    ["PNG", PNG, cleanPng],
    ["WebP", WEBP, cleanWebp],
])("of a %s nothing is sent but the picture", (_, base64, clean) => {
    const before = bytesOf(base64);
    expect(textOf(before)).toContain("SECRET");
    const parts = clean(before);
    expect(parts).not.toBeNull();
    const after = joined(parts ?? []);
    expect(textOf(after)).not.toContain("SECRET");
    expect(after.length).toBeLessThan(before.length);
    expect(clean(after)?.reduce((sum, part) => sum + part.length, 0) ?? after.length).toBe(after.length);
});

test("a picture that was turned stays upright, and keeps its colours", () => {
    const after = joined(cleanJpeg(bytesOf(JPEG)) ?? []);
    expect(orientationOf(after.subarray(2))).toBe(6);
    expect(textOf(after)).toContain("ICC_PROFILE");
});

test("the size in the head of a WebP is that of what is left", () => {
    const after = joined(cleanWebp(bytesOf(WEBP)) ?? []);
    expect(new DataView(after.buffer).getUint32(4, true)).toBe(after.length - 8);
    expect(textOf(after)).not.toMatch(/EXIF|XMP /);
});

test.each([
    ["image/jpeg", new Uint8Array([0xff, 0xd8, 0xff])],
    ["image/jpeg", new Uint8Array([1, 2, 3])],
    ["image/jpeg", bytesOf(JPEG).subarray(0, 300)],
    ["image/png", bytesOf(PNG).subarray(0, 60)],
    ["image/webp", bytesOf(JPEG)],
    ["text/plain", new Uint8Array([1])],
])("what is no %s is left as it is", async (type, bytes) => {
    const file = new File([bytes], "a", { type });
    expect(await withoutMetadata(file)).toBe(file);
});

test("a clean file keeps its name and type", async () => {
    const file = await withoutMetadata(new File([bytesOf(JPEG)], "tower.jpg", { type: "image/jpeg" }));
    expect([file.name, file.type, file.size < bytesOf(JPEG).length]).toEqual(["tower.jpg", "image/jpeg", true]);
});
