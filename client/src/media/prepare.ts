import { bare, isPicture, isSound, isVideo } from "./types";

/** What is told of a file beside its bytes, and a small version of it where it has a picture. */
export interface Prepared {
    msgtype: "m.image" | "m.video" | "m.audio" | "m.file";
    info: Record<string, unknown>;
    thumbnail: { blob: Blob; width: number; height: number } | null;
}

const THUMBNAIL_PIXELS = 800;

/** A picture that is this small is its own small version. */
const SMALL_BYTES = 64 * 1024;

/** A browser that cannot read a file within this time is not waited for. */
const PATIENCE_MS = 10_000;

/** Look at a file before it is sent: its size in pixels, how long it is, and a small version. */
export async function prepare(file: File): Promise<Prepared> {
    const info = { mimetype: bare(file.type) || "application/octet-stream", size: file.size };
    try {
        if (isPicture(file.type)) return await picture(file, info);
        if (isVideo(file.type)) return await video(file, info);
        if (isSound(file.type)) {
            const element = await mediaElement("audio", file);
            return { msgtype: "m.audio", info: { ...info, ...durationOf(element) }, thumbnail: null };
        }
    } catch (error) {
        console.warn("Sent as a file: the browser cannot read it", error); // its type is not what its bytes are
    }
    return { msgtype: "m.file", info, thumbnail: null };
}

async function picture(file: File, info: object): Promise<Prepared> {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const isSmall = file.size <= SMALL_BYTES && width <= THUMBNAIL_PIXELS && height <= THUMBNAIL_PIXELS;
    const thumbnail = isSmall ? null : await smaller(bitmap, width, height);
    bitmap.close();
    return { msgtype: "m.image", info: { ...info, w: width, h: height }, thumbnail };
}

async function video(file: File, info: object): Promise<Prepared> {
    const element = (await mediaElement("video", file)) as HTMLVideoElement;
    const { videoWidth: w, videoHeight: h } = element;
    const thumbnail = await smaller(element, w, h).catch(() => null);
    return { msgtype: "m.video", info: { ...info, w, h, ...durationOf(element) }, thumbnail };
}

function durationOf(element: HTMLMediaElement): { duration?: number } {
    return Number.isFinite(element.duration) ? { duration: Math.round(element.duration * 1000) } : {};
}

async function smaller(from: CanvasImageSource, width: number, height: number): Promise<Prepared["thumbnail"]> {
    const scale = Math.min(1, THUMBNAIL_PIXELS / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d")?.drawImage(from, 0, 0, canvas.width, canvas.height);
    // WebP keeps what one sees through; a browser that does not write it gives PNG instead.
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", 0.8));
    return blob && { blob, width: canvas.width, height: canvas.height };
}

/** A player with the first picture of a file, or what is known of a sound. */
function mediaElement(kind: "audio" | "video", file: Blob): Promise<HTMLMediaElement> {
    const url = URL.createObjectURL(file);
    const element = document.createElement(kind);
    const loading = new Promise<HTMLMediaElement>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("It takes too long")), PATIENCE_MS);
        const done = (act: () => void) => () => {
            clearTimeout(timer);
            act();
        };
        element.onerror = done(() => reject(new Error("Not readable")));
        if (kind === "audio") element.onloadedmetadata = done(() => resolve(element));
        else {
            element.onloadedmetadata = () => {
                element.currentTime = Math.min(0.1, element.duration || 0);
            };
            element.onseeked = done(() => resolve(element));
        }
        element.muted = true;
        element.preload = "auto";
        element.src = url;
    });
    return loading.finally(() => setTimeout(() => URL.revokeObjectURL(url), PATIENCE_MS));
}
