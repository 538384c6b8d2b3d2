import { type MatrixEvent, MsgType } from "matrix-js-sdk";
import type { EncryptedFile } from "matrix-js-sdk/lib/@types/media";
import { words } from "../words";
import { isEncryptedFile } from "./encrypted";
import { bare, fileName, isPicture, isSound, isVideo } from "./types";

/** Where bytes are, and how to decrypt them where they are encrypted. */
export interface Source {
    mxc: string;
    encrypted: EncryptedFile | null;
}

export interface Attachment {
    /** What it is shown as. Whatever must not be shown here is a file, whatever its message says. */
    kind: "picture" | "video" | "sound" | "voice" | "file";
    name: string;
    /** What was written below it. */
    caption: string | null;
    captionHtml: string | null;
    type: string;
    /** Null where the message does not say. */
    size: number | null;
    width: number;
    height: number;
    durationMs: number;
    /** Loudness of a voice message, 0 to 1. */
    waveform: readonly number[];
    source: Source | null;
    thumbnail: Source | null;
    thumbnailType: string;
}

/** Nobody's screen is larger, and no calculation goes wrong with it. */
const MAX_PIXELS = 20_000;
const WAVES = 64;

/** What is attached to a message, of which every part is only what its sender says (spec: "m.image" and following). */
export function attachmentOf(event: MatrixEvent): Attachment {
    const content = event.getContent();
    const info = objectIn(content, "info");
    const type = bare(textIn(info, "mimetype") ?? "");
    const isVoice = "org.matrix.msc3245.voice" in content || "org.matrix.msc3245.voice.v2" in content;
    const body = textIn(content, "body");
    const name = textIn(content, "filename");
    const hasCaption = !isVoice && name !== null && body !== null && body !== "" && body !== name;
    const html = content["format"] === "org.matrix.custom.html" ? textIn(content, "formatted_body") : null;
    const audio = objectIn(content, "org.matrix.msc1767.audio");
    return {
        kind: kindOf(event.getType() === "m.sticker" ? "m.sticker" : content["msgtype"], type, isVoice),
        name: fileName(name ?? body, words.value.media.nameless),
        caption: hasCaption ? body : null,
        captionHtml: hasCaption ? html : null,
        type,
        size: numberIn(info, "size", Number.MAX_SAFE_INTEGER) || null,
        width: numberIn(info, "w", MAX_PIXELS),
        height: numberIn(info, "h", MAX_PIXELS),
        durationMs: numberIn(info, "duration", 1e9) || numberIn(audio, "duration", 1e9),
        waveform: waveformIn(audio["waveform"]),
        source: sourceOf(content["file"], content["url"]),
        thumbnail: sourceOf(info["thumbnail_file"], info["thumbnail_url"]),
        thumbnailType: bare(textIn(objectIn(info, "thumbnail_info"), "mimetype") ?? "image/jpeg"),
    };
}

function kindOf(msgtype: unknown, type: string, isVoice: boolean): Attachment["kind"] {
    if (msgtype === "m.sticker") return type === "" || isPicture(type) ? "picture" : "file";
    if (msgtype === MsgType.Image && isPicture(type)) return "picture";
    if (msgtype === MsgType.Video && isVideo(type)) return "video";
    if (msgtype === MsgType.Audio && isSound(type)) return isVoice ? "voice" : "sound";
    return "file";
}

function sourceOf(file: unknown, url: unknown): Source | null {
    if (isEncryptedFile(file)) return { mxc: file.url, encrypted: file };
    return typeof url === "string" ? { mxc: url, encrypted: null } : null;
}

function objectIn(parent: Record<string, unknown>, name: string): Record<string, unknown> {
    const value = parent[name];
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textIn(parent: Record<string, unknown>, name: string): string | null {
    const value = parent[name];
    return typeof value === "string" ? value : null;
}

function numberIn(parent: Record<string, unknown>, name: string, most: number): number {
    const value = parent[name];
    return typeof value === "number" && value > 0 && value <= most ? Math.round(value) : 0;
}

/** As many loudnesses as fit beside each other (MSC3246: whole numbers up to 1024). */
function waveformIn(value: unknown): number[] {
    if (!Array.isArray(value)) return [];
    return value.slice(0, 1024).map((each) => (typeof each === "number" ? Math.max(0, Math.min(1, each / 1024)) : 0));
}

/** The loudest of neighbours, so that a wave of any length is drawn with the same number of lines. */
export function wavesOf(loudness: readonly number[], count: number = WAVES): number[] {
    if (loudness.length === 0) return [];
    return Array.from({ length: count }, (_, i) => {
        const from = Math.floor((i * loudness.length) / count);
        const to = Math.max(from + 1, Math.floor(((i + 1) * loudness.length) / count));
        return Math.max(...loudness.slice(from, to));
    });
}

const BOX = { width: 340, height: 380 };
const LEAST = { width: 140, height: 80 };

/** How large a picture is drawn: known before it is loaded, so that nothing moves when it comes. */
export function boxOf(width: number, height: number): { width: number; height: number } {
    if (!width || !height) return { width: 280, height: 210 };
    const scale = Math.min(1, BOX.width / width, BOX.height / height);
    return {
        width: Math.max(LEAST.width, Math.round(width * scale)),
        height: Math.max(LEAST.height, Math.round(height * scale)),
    };
}
