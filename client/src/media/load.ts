import type { MatrixClient } from "matrix-js-sdk";
import { type Restriction, restrictionIn } from "../session/restricted";
import { download } from "./address";
import type { Source } from "./attachment";
import { decryptBytes } from "./encrypted";
import { harmless } from "./types";

/** What is decrypted and not in sight is kept up to this size, the newest. */
const KEPT_BYTES = 64 * 1024 * 1024;

type Progress = (loaded: number, total: number) => void;

/** Why something could not be loaded: it is not there any more, as opposed to having been changed or the network. */
export class Gone extends Error {}

/** It is withheld from this person, by a decision. */
export class Withheld extends Gone {
    constructor(readonly restriction: Restriction) {
        super("Withheld");
    }
}

/** The bytes of an upload, decrypted. */
export async function load(client: MatrixClient, source: Source, onProgress?: Progress): Promise<ArrayBuffer> {
    const address = download(source.mxc);
    if (!address) throw new Gone("No address");
    const response = await asked(client, address);
    await refuseWithheld(response);
    if (response.status === 404 || response.status === 403 || response.status === 410) throw new Gone("Not there");
    if (!response.ok) throw new Error(`The server said ${response.status}`);
    const bytes = await counted(response, onProgress);
    return source.encrypted ? decryptBytes(bytes, source.encrypted) : bytes;
}

/** What an upload is restricted by, where it is; for what a browser loads by itself, which does not say why it did not. */
export async function restrictionOn(client: MatrixClient, mxc: string): Promise<Restriction | null> {
    const address = download(mxc);
    if (!address) return null;
    const response = await asked(client, address);
    try {
        await refuseWithheld(response);
    } catch (error) {
        if (error instanceof Withheld) return error.restriction;
        throw error;
    }
    await response.body?.cancel();
    return null;
}

async function refuseWithheld(response: Response): Promise<void> {
    if (response.status !== 451 && response.status !== 403) return; // RFC 7725: by law; or by the terms
    const said = (await response
        .clone()
        .json()
        .catch(() => ({}))) as Record<string, unknown>;
    const restriction = restrictionIn(said);
    if (restriction) throw new Withheld(restriction);
}

async function asked(client: MatrixClient, address: string): Promise<Response> {
    const get = (): Promise<Response> =>
        fetch(address, { headers: { Authorization: `Bearer ${client.getAccessToken() ?? ""}` } });
    const response = await get();
    if (response.status !== 401) return response;
    await client.whoami(); // the token has ended: the SDK's request renews it
    return get();
}

async function counted(response: Response, onProgress: Progress | undefined): Promise<ArrayBuffer> {
    const total = Number(response.headers.get("Content-Length") ?? 0);
    if (!onProgress || !response.body || !total) return response.arrayBuffer();
    let loaded = 0;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, out) {
            loaded += piece.byteLength;
            onProgress(loaded, total);
            out.enqueue(piece);
        },
    });
    return new Response(response.body.pipeThrough(counter)).arrayBuffer();
}

interface Kept {
    url: Promise<string>;
    size: number;
    users: number;
}

const kept = new Map<string, Kept>();

/** The address of decrypted bytes in this page. `release` it when it is not shown any more. */
export function objectUrl(
    client: MatrixClient,
    source: Source,
    type: string,
    onProgress?: Progress,
): { url: Promise<string>; release: () => void } {
    const key = `${source.mxc} ${harmless(type)}`;
    let found = kept.get(key);
    if (!found) {
        const made: Kept = { url: Promise.resolve(""), size: 0, users: 0 };
        made.url = load(client, source, onProgress).then((bytes) => {
            made.size = bytes.byteLength;
            return URL.createObjectURL(new Blob([bytes], { type: harmless(type) }));
        });
        made.url.catch(() => kept.delete(key)); // the next one tries again
        found = made;
    }
    kept.delete(key);
    kept.set(key, found); // the newest is the last
    found.users++;
    const mine = found;
    let isReleased = false;
    return {
        url: mine.url,
        release: () => {
            if (isReleased) return;
            isReleased = true;
            mine.users--;
            forgetOldest();
        },
    };
}

function forgetOldest(): void {
    let sum = 0;
    for (const each of kept.values()) sum += each.size;
    for (const [key, each] of kept) {
        if (sum <= KEPT_BYTES) return;
        if (each.users > 0 || each.size === 0) continue;
        kept.delete(key);
        sum -= each.size;
        void each.url.then((url) => URL.revokeObjectURL(url));
    }
}

/** Save an attachment under its own name. It never opens: for the browser it is only bytes. */
export async function save(client: MatrixClient, source: Source, name: string, onProgress?: Progress): Promise<void> {
    const bytes = await load(client, source, onProgress);
    const url = URL.createObjectURL(new Blob([bytes], { type: harmless("") }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it by itself
}
