import { beforeEach, expect, test, vi } from "vitest";
import { answerOfShell, isOfShell, keepLoaded } from "./shell";

/** As browsers have it, in memory. */
const kept = new Map<string, Response>();
const pathOf = (at: string | Request): string => new URL(typeof at === "string" ? at : at.url, location.href).pathname;
const cache = {
    match: async (at: string | Request) => kept.get(pathOf(at))?.clone(),
    put: async (at: string | Request, answer: Response) => void kept.set(pathOf(at), answer),
    keys: async () => [...kept.keys()].map((path) => ({ url: new URL(path, location.href).href })),
    delete: async (at: { url: string }) => kept.delete(new URL(at.url).pathname),
};

const request = (path: string, mode = "cors"): Request =>
    ({ url: new URL(path, location.href).href, mode }) as unknown as Request;
const served = (etag: string): void =>
    void vi.stubGlobal("fetch", async () => new Response(etag, { status: 200, headers: { ETag: etag } }));

beforeEach(() => {
    kept.clear();
    vi.stubGlobal("caches", { open: async () => cache });
});

test("only the page and its own files are of the shell", () => {
    expect(isOfShell(request("/", "navigate"))).toBe(true);
    expect(isOfShell(request("/assets/a-1.js"))).toBe(true);
    expect(isOfShell(request("/_matrix/client/v3/sync"))).toBe(false);
    expect(isOfShell(request("/email", "navigate"))).toBe(false);
});

test("the page comes from the server, and without a network from the browser", async () => {
    served("one");
    expect(await (await answerOfShell(request("/", "navigate"))).text()).toBe("one");
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
    expect(await (await answerOfShell(request("/", "navigate"))).text()).toBe("one");
});

test("another page takes the place of the files of the one before", async () => {
    served("one");
    await keepLoaded([new URL("/assets/a-1.js", location.href).href, "https://elsewhere.example/assets/b.js"]);
    expect([...kept.keys()].sort()).toEqual(["/", "/assets/a-1.js"]);
    served("two");
    await answerOfShell(request("/", "navigate"));
    expect([...kept.keys()]).toEqual(["/"]);
});
