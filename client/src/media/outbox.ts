import { type Signal, signal } from "@preact/signals";
import { MatrixError, type Room } from "matrix-js-sdk";
import type { RoomMessageEventContent } from "matrix-js-sdk/lib/@types/events";
import type { Matrix } from "../matrix/matrix";
import { encryptBytes } from "./encrypted";
import { dropFile, keepFile, keptFiles, type ToKeep } from "./keptFiles";
import { prepare } from "./prepare";
import { sizeLimit } from "./sizeLimit";

export type Stage = "waiting" | "preparing" | "uploading" | "sending" | "failed";

/** A file on its way into a room. */
export interface Sending {
    key: number;
    roomId: string;
    threadId: string | null;
    file: File;
    stage: Signal<Stage>;
    /** 0 to 1. */
    progress: Signal<number>;
    why: Signal<"network" | "tooLarge" | "refused" | null>;
    abort: AbortController;
    caption: Record<string, unknown> | null;
    voice: Voice | null;
    /** Under what it is kept until it is sent; null while it is not. */
    keptAs: Promise<number | null>;
}

export interface Voice {
    durationMs: number;
    /** Whole numbers up to 1024 (MSC3246). */
    waveform: number[];
    text: string;
}

interface Wanted {
    threadId?: string | null;
    /** The text below it: what `contentOf` makes of what was typed. */
    caption?: Record<string, unknown> | null;
    voice?: Voice | null;
}

/** Everything that is on its way, in the order in which it was chosen. */
export const sendings = signal<readonly Sending[]>([]);

let count = 0;
let isBusy = false;

/** Send a file into a room, after those that are on their way. */
export function sendFile(matrix: Matrix, room: Room, file: File, wanted: Wanted = {}): void {
    const { threadId = null, caption = null, voice = null } = wanted;
    const chosen: ToKeep = { roomId: room.roomId, threadId, caption, voice, file };
    const keptAs = keepFile(matrix.session.storageKey, chosen).catch((error: unknown) => {
        console.warn("It does not outlive this page", error);
        return null;
    });
    add(matrix, chosen, keptAs);
}

/** Go on with what was on its way when the page was closed. */
export async function sendKept(matrix: Matrix): Promise<void> {
    const known = await Promise.all(sendings.value.map((each) => each.keptAs));
    for (const { id, ...chosen } of await keptFiles(matrix.session.storageKey)) {
        if (!known.includes(id)) add(matrix, chosen, Promise.resolve(id));
    }
}

function add(matrix: Matrix, chosen: ToKeep, keptAs: Promise<number | null>): void {
    const sending: Sending = {
        ...chosen,
        key: ++count,
        stage: signal<Stage>("waiting"),
        progress: signal(0),
        why: signal<Sending["why"]["value"]>(null),
        abort: new AbortController(),
        keptAs,
    };
    sendings.value = [...sendings.value, sending];
    void work(matrix);
}

/** Do not send it, however far it has come. */
export function cancelSending(sending: Sending): void {
    drop(sending);
    sending.abort.abort();
    sendings.value = sendings.value.filter((each) => each !== sending);
}

export function sendAgain(matrix: Matrix, sending: Sending): void {
    if (sending.stage.value !== "failed") return;
    sending.stage.value = "waiting";
    sending.why.value = null;
    void work(matrix);
}

/** What failed because there was no connection is tried again. */
export function sendAllAgain(matrix: Matrix): void {
    for (const each of sendings.value) if (each.why.value === "network") sendAgain(matrix, each);
}

/** Nothing is sent any more from this page. What is kept is, by the next, unless somebody has logged out. */
export function forgetSendings(): void {
    for (const each of sendings.value) each.abort.abort();
    sendings.value = [];
}

function drop({ keptAs }: Sending): void {
    keptAs
        .then((id) => (id === null ? undefined : dropFile(id)))
        .catch((error: unknown) => console.warn("It may be sent again", error));
}

/** One after the other, so that they arrive in their order. */
async function work(matrix: Matrix): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (;;) {
        const next = sendings.value.find(({ stage }) => stage.value === "waiting");
        if (!next) break;
        try {
            await sendOne(matrix, next);
            drop(next);
            sendings.value = sendings.value.filter((each) => each !== next);
        } catch (error) {
            if (next.abort.signal.aborted) continue;
            console.warn("Not sent", error);
            next.why.value = whyNot(error);
            next.stage.value = "failed";
        }
    }
    isBusy = false;
}

function whyNot(error: unknown): Sending["why"]["value"] {
    if (!(error instanceof MatrixError)) return "network";
    return error.errcode === "M_TOO_LARGE" ? "tooLarge" : "refused";
}

async function sendOne(matrix: Matrix, sending: Sending): Promise<void> {
    const { client } = matrix;
    const { file, stage, abort } = sending;
    stage.value = "preparing";
    const limit = await sizeLimit(matrix);
    if (limit !== null && file.size > limit) throw new MatrixError({ errcode: "M_TOO_LARGE" }, 413);
    const room = client.getRoom(sending.roomId);
    // Just after the page was loaded, a new chat may not be known yet: it is tried again when one comes.
    if (!room) throw new Error("Its chat is not known here");
    const prepared = await prepare(file);
    abort.signal.throwIfAborted();
    stage.value = "uploading";
    const isEncrypted = room.hasEncryptionStateEvent(); // asked now: a room never stops being encrypted
    const upload = new Upload(matrix, isEncrypted, sending);
    const small = prepared.thumbnail && (await upload.put(prepared.thumbnail.blob, null));
    const whole = await upload.put(file, sending.progress);
    abort.signal.throwIfAborted();
    stage.value = "sending";
    const { thumbnail, msgtype, info } = prepared;
    const content = {
        msgtype: sending.voice ? "m.audio" : msgtype,
        body: file.name,
        "m.mentions": {},
        ...sending.caption,
        filename: file.name,
        info: {
            ...info,
            ...(small && { [small.file ? "thumbnail_file" : "thumbnail_url"]: small.file ?? small.url }),
            ...(small &&
                thumbnail && {
                    thumbnail_info: {
                        mimetype: thumbnail.blob.type,
                        size: thumbnail.blob.size,
                        w: thumbnail.width,
                        h: thumbnail.height,
                    },
                }),
            ...(sending.voice && { duration: sending.voice.durationMs }),
        },
        ...whole,
        ...(sending.voice && voiceFields(sending.voice, file, whole)),
    };
    // From here on it is a message like others: the room shows whether it is sent, and offers to send it again.
    client
        .sendMessage(room.roomId, sending.threadId, content as unknown as RoomMessageEventContent)
        .catch((error: unknown) => console.warn("Not sent", error));
}

/** As Element reads and writes it (MSC3245, MSC1767). */
function voiceFields(voice: Voice, file: File, where: object): object {
    return {
        body: voice.text,
        "org.matrix.msc1767.text": voice.text,
        "org.matrix.msc1767.file": { ...where, name: file.name, mimetype: file.type, size: file.size },
        "org.matrix.msc1767.audio": { duration: voice.durationMs, waveform: voice.waveform },
        "org.matrix.msc3245.voice": {},
    };
}

class Upload {
    constructor(
        private readonly matrix: Matrix,
        private readonly isEncrypted: boolean,
        private readonly sending: Sending,
    ) {}

    /** Upload bytes; encrypted, the server learns neither their name nor their type. */
    async put(blob: Blob, progress: Signal<number> | null): Promise<{ url?: string; file?: object }> {
        if (!this.isEncrypted) {
            const name = blob instanceof File ? blob.name : undefined;
            return { url: await this.send(blob, blob.type || "application/octet-stream", name, progress) };
        }
        const { bytes, how } = await encryptBytes(await blob.arrayBuffer());
        const url = await this.send(new Blob([bytes]), "application/octet-stream", undefined, progress);
        return { file: { ...how, url } };
    }

    private async send(
        blob: Blob,
        type: string,
        name: string | undefined,
        progress: Signal<number> | null,
    ): Promise<string> {
        const { client } = this.matrix;
        const { signal: aborted } = this.sending.abort;
        const put = (): Promise<{ content_uri: string }> => {
            const abortController = new AbortController(); // of this attempt: the SDK aborts it when it fails
            aborted.addEventListener("abort", () => abortController.abort(), { once: true });
            return client.uploadContent(blob, {
                type,
                includeFilename: name !== undefined,
                ...(name !== undefined && { name }),
                abortController,
                progressHandler: ({ loaded, total }) => {
                    if (progress && total > 0) progress.value = loaded / total;
                },
            });
        };
        aborted.throwIfAborted();
        try {
            return (await put()).content_uri;
        } catch (error) {
            if (!(error instanceof MatrixError) || error.httpStatus !== 401) throw error;
            await client.whoami(); // the token has ended: the SDK's other requests renew it
            return (await put()).content_uri;
        }
    }
}
