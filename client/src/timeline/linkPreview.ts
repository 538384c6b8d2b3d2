import { type MatrixClient, MatrixError } from "matrix-js-sdk";

export interface LinkPreview {
    url: string;
    host: string;
    title: string;
    text: string;
    /** An mxc address. */
    picture: string | null;
}

const LONGEST = 300;

/** A server that has no previews is not asked for another. */
let hasNone = false;

/** The first address in a text; only https, because the server would have to read the others unprotected. */
export function firstLink(text: string): string | null {
    const found = /https:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+[^\s<>"'`.,;:!?)\]}\u200e-\u2069]/.exec(
        text,
    );
    return found?.[0] ?? null;
}

/** What a page is about, as the server read it; null where it does not say. */
export async function linkPreview(client: MatrixClient, url: string, at: number): Promise<LinkPreview | null> {
    if (hasNone) return null;
    try {
        return read(url, await client.getUrlPreview(url, at));
    } catch (error) {
        const code = error instanceof MatrixError ? error.errcode : "";
        hasNone ||= code === "M_UNRECOGNIZED" || (error instanceof MatrixError && error.httpStatus === 404);
        return null;
    }
}

function read(url: string, said: Record<string, unknown>): LinkPreview | null {
    const part = (name: string): string => {
        const value = said[name];
        return typeof value === "string" ? value.trim().slice(0, LONGEST) : "";
    };
    const title = part("og:title");
    if (!title) return null;
    const picture = part("og:image");
    return {
        url,
        host: new URL(url).hostname,
        title,
        text: part("og:description"),
        picture: picture.startsWith("mxc://") ? picture : null,
    };
}
