import { expect, test } from "vitest";
import { bytesInPicture, codeOf, outlineOf } from "./code";

/** A picture of a code, each square of `size` pixels. */
function pictureOf(rows: boolean[][], size = 6, border = 0): ImageData {
    const width = (rows.length + 2 * border) * size;
    const data = new Uint8ClampedArray(width * width * 4).fill(255);
    for (let y = 0; y < width; y++) {
        for (let x = 0; x < width; x++) {
            const isDark = rows[Math.floor(y / size) - border]?.[Math.floor(x / size) - border];
            if (isDark) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
        }
    }
    return { data, width, height: width } as ImageData;
}

test("bytes that are no text go through a code unharmed", async () => {
    const bytes = Uint8ClampedArray.from({ length: 140 }, (_, i) => (i * 89 + 7) % 256);
    bytes.set([0x4d, 0x41, 0x54, 0x52, 0x49, 0x58, 2, 0, 0, 255]);
    const rows = await codeOf(bytes);
    expect([...((await bytesInPicture(pictureOf(rows))) ?? [])]).toEqual([...bytes]);
});

test("a picture without a code has none", async () => {
    expect(await bytesInPicture(pictureOf([[false]], 20))).toBeNull();
});

test("an outline is as dark as its code", () => {
    expect(
        outlineOf([
            [true, false],
            [false, true],
        ]),
    ).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
});
