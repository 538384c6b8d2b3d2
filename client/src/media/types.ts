/**
 * What may be shown on our pages. All other bytes are only ever saved: a type is what the sender says it is, and a page
 * or a drawing that runs scripts must not run with our address (Client-Server API v1.19, "Serving inline content").
 */
const PICTURES = new Set([
    "image/jpeg",
    "image/png",
    "image/apng",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
]);
const VIDEOS = new Set(["video/mp4", "video/webm", "video/ogg", "video/quicktime"]);
const SOUNDS = new Set([
    "audio/mp4",
    "audio/webm",
    "audio/aac",
    "audio/mpeg",
    "audio/ogg",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/x-pn-wav",
    "audio/flac",
    "audio/x-flac",
    "audio/x-m4a",
]);

export const ANYTHING = "application/octet-stream";

/** A type without its parameters. */
export function bare(type: string): string {
    return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}

export function isPicture(type: string): boolean {
    return PICTURES.has(bare(type));
}

export function isVideo(type: string): boolean {
    return VIDEOS.has(bare(type));
}

export function isSound(type: string): boolean {
    return SOUNDS.has(bare(type));
}

/** The type that bytes get in this browser: their own where it is harmless, or else one that nothing opens. */
export function harmless(type: string): string {
    return isPicture(type) || isVideo(type) || isSound(type) ? bare(type) : ANYTHING;
}

/** Signs that turn or hide what follows them: with these, photo.exe is shown as photo.jpg. */
const TRICKS = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

const LONGEST = 200;

/** The name of a file as it is shown and saved: one line, no path, nothing that turns its letters around. */
export function fileName(name: unknown, otherwise: string): string {
    if (typeof name !== "string") return otherwise;
    const plain = name
        .replace(TRICKS, "")
        .replace(/[\\/:*?"<>|]/g, "_")
        .replace(/^\.+/, "")
        .trim();
    if (plain.length <= LONGEST) return plain || otherwise;
    const end = /\.[^.]{1,12}$/.exec(plain)?.[0] ?? "";
    return plain.slice(0, LONGEST - end.length) + end;
}
