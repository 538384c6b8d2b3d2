import { describe, expect, test } from "vitest";
import { ANYTHING, fileName, harmless } from "./types";

describe("what a page could run is never more than bytes", () => {
    test.each([
        "text/html",
        "image/svg+xml",
        "IMAGE/SVG+XML; charset=utf-8",
        "application/xhtml+xml",
        "application/pdf",
        "text/xml",
        "",
        "image/png\n, text/html",
    ])("%j", (type) => expect(harmless(type)).toBe(ANYTHING));

    test.each([
        ["image/png", "image/png"],
        ["Image/JPEG; q=1", "image/jpeg"],
        ["audio/ogg; codecs=opus", "audio/ogg"],
    ])("%j may be shown", (type, shown) => expect(harmless(type)).toBe(shown));
});

describe("a name says what it is", () => {
    test.each([
        ["photo\u202egpj.exe", "photogpj.exe"],
        ["../../etc/passwd", "_.._etc_passwd"],
        ["a\u0000b\n.txt", "ab.txt"],
        [".bashrc", "bashrc"],
        ["  ", "file"],
        [17, "file"],
        ["é 絵.png", "é 絵.png"],
    ])("%j", (name, shown) => expect(fileName(name, "file")).toBe(shown));

    test("and its end stays, however long it is", () => {
        const name = fileName(`${"x".repeat(5000)}.jpeg`, "file");
        expect(name.length).toBe(200);
        expect(name.endsWith("x.jpeg")).toBe(true);
    });
});
