/**
 * Codes of bytes, as clients show them to each other's cameras (spec: "QR code format"). What draws and reads them is
 * loaded when somebody compares.
 */

/** The dark squares of a code, row by row, with the quiet border that cameras need. */
export async function codeOf(bytes: Uint8ClampedArray): Promise<boolean[][]> {
    const { encodeQR } = await import("qr");
    // The bytes are no text, so they are handed over past the text.
    return encodeQR("-", "raw", { ecc: "low", encoding: "byte", textEncoder: () => Uint8Array.from(bytes), border: 4 });
}

/** The bytes of the code in a picture, or null where there is none. */
export async function bytesInPicture(picture: ImageData): Promise<Uint8ClampedArray | null> {
    const { decodeQR } = await import("qr/decode.js");
    let found: Uint8Array | null = null;
    const textDecoder = (bytes: Uint8Array): string => {
        found = bytes;
        return "-";
    };
    try {
        decodeQR(picture, { textDecoder });
    } catch {
        return null;
    }
    return found && Uint8ClampedArray.from(found);
}

/** The outline of all dark squares, for an SVG of one unit a square. */
export function outlineOf(rows: readonly (readonly boolean[])[]): string {
    return rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
}
