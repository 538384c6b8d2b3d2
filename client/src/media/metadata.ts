import { bare } from "./types";

/**
 * Cameras write into a picture where it was taken, when, and with which device. Nothing of that is sent: only what is
 * needed to show it stays, its colours and which way is up. The pixels are not touched.
 */
export async function withoutMetadata(file: File): Promise<File> {
    const clean = CLEANERS[bare(file.type)];
    if (!clean) return file;
    try {
        const parts = clean(new Uint8Array(await file.arrayBuffer()));
        return parts ? new File(parts, file.name, { type: file.type, lastModified: file.lastModified }) : file;
    } catch (error) {
        console.warn("Its metadata stays: it is not built as its type says", error);
        return file;
    }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The parts of a file that stay; null where nothing is to go. */
type Cleaner = (bytes: Bytes) => Bytes[] | null;

const CLEANERS: Record<string, Cleaner> = {
    "image/jpeg": cleanJpeg,
    "image/png": cleanPng,
    "image/apng": cleanPng,
    "image/webp": cleanWebp,
};

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;

/** Segments of a JPEG (ITU-T T.81, B.1.1). What follows the end of the picture, such as a short film, goes too. */
export function cleanJpeg(bytes: Bytes): Bytes[] | null {
    if (bytes[0] !== 0xff || bytes[1] !== SOI) throw new Error("no JPEG");
    const kept: Bytes[] = [bytes.subarray(0, 2)];
    let at = 2;
    let turned = 1;
    let hasGone = false;
    for (;;) {
        while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill bytes
        const marker = bytes[at + 1];
        if (bytes[at] !== 0xff || marker === undefined) throw new Error("cut off");
        if (marker === EOI) break;
        const end = at + 2 + uint16(bytes, at + 2);
        const segment = bytes.subarray(at, end);
        if (isAboutTheTaking(marker, segment)) {
            if (marker === APP1) turned = orientationOf(segment) ?? turned;
            hasGone = true;
        } else kept.push(segment);
        at = end;
        if (marker !== SOS) continue;
        at = endOfScan(bytes, end);
        kept.push(bytes.subarray(end, at));
    }
    kept.push(bytes.subarray(at, at + 2));
    if (!hasGone && at + 2 >= bytes.length) return null;
    if (turned > 1) kept.splice(1, 0, segmentOfOrientation(turned));
    return kept;
}

function isAboutTheTaking(marker: number, segment: Bytes): boolean {
    if (marker === APP2) return !startsWith(segment, 4, "ICC_PROFILE"); // an index of further pictures, for one
    if (marker === APP14) return !startsWith(segment, 4, "Adobe"); // says how the colours are to be read
    return (marker >= APP1 && marker <= APP15) || marker === COMMENT;
}

/** Behind the compressed pixels of a scan: at the next marker that is none of theirs. */
function endOfScan(bytes: Bytes, from: number): number {
    for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
        const next = bytes[at + 1];
        if (next !== undefined && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    }
    throw new Error("cut off");
}

/** Which way is up, as Exif says it (CIPA DC-008, 4.6.5: tag 0x0112 of the first directory). */
export function orientationOf(segment: Bytes): number | null {
    if (!startsWith(segment, 4, "Exif\0\0")) return null;
    const view = new DataView(segment.buffer, segment.byteOffset + 10, segment.length - 10);
    const isLittle = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, isLittle);
    const count = view.getUint16(directory, isLittle);
    for (let i = 0; i < count; i++) {
        const entry = directory + 2 + 12 * i;
        if (view.getUint16(entry, isLittle) !== 0x0112) continue;
        const value = view.getUint16(entry + 8, isLittle);
        return value >= 1 && value <= 8 ? value : null;
    }
    return null;
}

/** Exif that says nothing but which way is up. */
function segmentOfOrientation(turned: number): Bytes {
    const exif = [0x45, 0x78, 0x69, 0x66, 0, 0];
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0];
    const length = 2 + exif.length + tiff.length;
    return new Uint8Array([0xff, APP1, length >> 8, length & 0xff, ...exif, ...tiff]);
}

const PNG_HEAD = 8;
const PNG_OF_THE_TAKING = new Set(["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]);

/** Chunks of a PNG (PNG Specification, 5.3). */
export function cleanPng(bytes: Bytes): Bytes[] | null {
    if (!startsWith(bytes, 1, "PNG")) throw new Error("no PNG");
    const kept: Bytes[] = [bytes.subarray(0, PNG_HEAD)];
    let at = PNG_HEAD;
    let hasGone = false;
    for (;;) {
        const end = at + 12 + uint32(bytes, at);
        if (end > bytes.length) throw new Error("cut off");
        const type = text(bytes, at + 4, 4);
        if (PNG_OF_THE_TAKING.has(type)) hasGone = true;
        else kept.push(bytes.subarray(at, end));
        at = end;
        if (type === "IEND") break;
    }
    return hasGone || at < bytes.length ? kept : null;
}

const RIFF_HEAD = 12;
const WEBP_OF_THE_TAKING = new Set(["EXIF", "XMP "]);
const EXIF_AND_XMP = 0x08 | 0x04;

/** Chunks of a WebP (RFC 9649, 2.3). Browsers do not turn one by its Exif. */
export function cleanWebp(bytes: Bytes): Bytes[] | null {
    if (!startsWith(bytes, 0, "RIFF") || !startsWith(bytes, 8, "WEBP")) throw new Error("no WebP");
    const kept: Bytes[] = [];
    let hasGone = false;
    for (let at = RIFF_HEAD; at + 8 <= bytes.length; ) {
        const type = text(bytes, at, 4);
        const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4, true);
        const end = at + 8 + size + (size & 1);
        const chunk = bytes.slice(at, end);
        if (type === "VP8X" && chunk[8] !== undefined) chunk[8] &= ~EXIF_AND_XMP;
        if (WEBP_OF_THE_TAKING.has(type)) hasGone = true;
        else kept.push(chunk);
        at = end;
    }
    if (!hasGone) return null;
    const head = bytes.slice(0, RIFF_HEAD);
    const size = kept.reduce((sum, chunk) => sum + chunk.length, 4);
    new DataView(head.buffer).setUint32(4, size, true);
    return [head, ...kept];
}

function startsWith(bytes: Bytes, at: number, word: string): boolean {
    return text(bytes, at, word.length) === word;
}

function text(bytes: Bytes, at: number, length: number): string {
    return String.fromCharCode(...bytes.subarray(at, at + length));
}

function uint16(bytes: Bytes, at: number): number {
    return new DataView(bytes.buffer, bytes.byteOffset).getUint16(at);
}

function uint32(bytes: Bytes, at: number): number {
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
