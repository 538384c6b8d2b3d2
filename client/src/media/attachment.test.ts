import { MatrixEvent } from "matrix-js-sdk";
import { describe, expect, test } from "vitest";
import { attachmentOf, boxOf, wavesOf } from "./attachment";

const of = (content: Record<string, unknown>): ReturnType<typeof attachmentOf> =>
    attachmentOf(new MatrixEvent({ type: "m.room.message", content }));

describe("what is shown here is what a browser shows without running it", () => {
    test.each([
        ["m.image", "image/png", "picture"],
        ["m.image", "image/svg+xml", "file"],
        ["m.image", "text/html", "file"],
        ["m.image", undefined, "file"],
        ["m.video", "video/mp4", "video"],
        ["m.video", "image/png", "file"],
        ["m.audio", "audio/ogg", "sound"],
        ["m.file", "image/png", "file"],
    ])("%s of type %s is a %s", (msgtype, mimetype, kind) => {
        expect(of({ msgtype, body: "x", info: { mimetype } }).kind).toBe(kind);
    });
});

test("a message of nonsense is a file without an address", () => {
    const made = of({ msgtype: "m.image", body: 7, filename: {}, info: "no", url: 3, file: { url: "mxc://a/b" } });
    expect(made).toMatchObject({ kind: "file", caption: null, size: null, width: 0, source: null, thumbnail: null });
});

test.each([-1, 1e12, Number.NaN, "9", null])("%s is no size of a picture", (w) => {
    expect(of({ msgtype: "m.image", body: "x", info: { w, h: 5 } }).width).toBe(0);
});

test("the text beside a file name is a caption", () => {
    expect(of({ msgtype: "m.image", body: "look", filename: "a.png" })).toMatchObject({
        caption: "look",
        name: "a.png",
    });
    expect(of({ msgtype: "m.image", body: "a.png", filename: "a.png" }).caption).toBeNull();
    expect(of({ msgtype: "m.image", body: "a.png" })).toMatchObject({ caption: null, name: "a.png" });
});

test("a voice message, as other clients write it", () => {
    const voice = of({
        msgtype: "m.audio",
        body: "Voice message",
        info: { mimetype: "audio/ogg", duration: 2400 },
        "org.matrix.msc1767.audio": { duration: 2400, waveform: [0, 512, 1024, "x", 1e9] },
        "org.matrix.msc3245.voice": {},
    });
    expect(voice).toMatchObject({ kind: "voice", durationMs: 2400, waveform: [0, 0.5, 1, 0, 1] });
});

test("a wave keeps its loudest moments", () => {
    expect(wavesOf([0, 1, 0, 0], 2)).toEqual([1, 0]);
    expect(wavesOf([0.5], 3)).toEqual([0.5, 0.5, 0.5]);
    expect(wavesOf([], 3)).toEqual([]);
});

test("a picture has its place before it is there, and no picture fills the screen or vanishes", () => {
    expect(boxOf(3400, 1700)).toEqual({ width: 340, height: 170 });
    expect(boxOf(1, 20_000)).toEqual({ width: 140, height: 380 });
    expect(boxOf(0, 0)).toEqual({ width: 280, height: 210 });
});
