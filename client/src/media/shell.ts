/// <reference lib="webworker" />

/**
 * What the client needs to start without a network: its page, and the files that it has loaded. Nothing of a person is
 * kept here; chats are read from the SDK's own store. The names of files change with their content, so that a file that
 * is kept is never an old one.
 */
const CACHE = "chappe-shell-1";
const PAGE = "/";
const FILES = "/assets/";

export function isOfShell(request: Request): boolean {
    const { pathname } = new URL(request.url);
    return (request.mode === "navigate" && pathname === PAGE) || pathname.startsWith(FILES);
}

export function answerOfShell(request: Request): Promise<Response> {
    return request.mode === "navigate" ? page(request) : file(request);
}

/** The server's page where it can be reached: a new version is never hidden by an old one. */
async function page(request: Request): Promise<Response> {
    const cache = await caches.open(CACHE);
    try {
        const fresh = await fetch(request);
        if (fresh.ok) await keepPage(cache, fresh.clone());
        return fresh;
    } catch (error) {
        const kept = await cache.match(PAGE);
        if (kept) return kept;
        throw error;
    }
}

/** With another page, the files of the one before are no longer needed. */
async function keepPage(cache: Cache, fresh: Response): Promise<void> {
    const before = await cache.match(PAGE);
    if (before && before.headers.get("ETag") !== fresh.headers.get("ETag")) {
        for (const each of await cache.keys()) await cache.delete(each);
    }
    await cache.put(PAGE, fresh);
}

async function file(request: Request): Promise<Response> {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request.url);
    if (kept) return kept;
    const fresh = await fetch(request);
    if (fresh.status === 200) await cache.put(request.url, fresh.clone());
    return fresh;
}

/** Keep what a page loaded before this worker was there. */
export async function keepLoaded(addresses: readonly string[]): Promise<void> {
    const cache = await caches.open(CACHE);
    if (!(await cache.match(PAGE))) await keepPage(cache, await fetch(PAGE));
    for (const address of addresses) {
        const { origin, pathname } = new URL(address);
        if (origin !== self.location.origin || !pathname.startsWith(FILES) || (await cache.match(address))) continue;
        const loaded = await fetch(address);
        if (loaded.status === 200) await cache.put(address, loaded);
    }
}
