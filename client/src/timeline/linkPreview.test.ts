import { type MatrixClient, MatrixError } from "matrix-js-sdk";
import { expect, test, vi } from "vitest";
import { firstLink, linkPreview } from "./linkPreview";

test.each([
    ["see https://example.org/a.", "https://example.org/a"],
    ["(https://example.org/a)", "https://example.org/a"],
    ["http://example.org", null],
    ["nothing", null],
])("%j", (text, link) => expect(firstLink(text)).toBe(link));

test("what the server read is taken as text, and its picture only from the server", async () => {
    const getUrlPreview = async (): Promise<unknown> => ({ "og:title": " <b>T</b> ", "og:image": "https://x/y.png" });
    const made = await linkPreview({ getUrlPreview } as unknown as MatrixClient, "https://example.org/a", 0);
    expect(made).toEqual({
        url: "https://example.org/a",
        host: "example.org",
        title: "<b>T</b>",
        text: "",
        picture: null,
    });
});

test("a server without previews is asked once", async () => {
    const getUrlPreview = vi.fn(async () => {
        throw new MatrixError({ errcode: "M_UNRECOGNIZED" }, 404);
    });
    const client = { getUrlPreview } as unknown as MatrixClient;
    expect(await linkPreview(client, "https://example.org/a", 0)).toBeNull();
    expect(await linkPreview(client, "https://example.org/b", 0)).toBeNull();
    expect(getUrlPreview).toHaveBeenCalledOnce();
});
