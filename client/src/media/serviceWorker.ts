/// <reference lib="webworker" />
import { onChosen, onPush } from "../push/worker";
import { readSession } from "../session/kept";
import { answerOfShell, isOfShell, keepLoaded } from "./shell";

/**
 * Runs beside the pages. Pictures are asked for by plain addresses; here the access token is added to these requests,
 * so that no address has one in it and an `<img>` simply works (Client-Server API v1.19, "Content repository").
 * The client itself is kept, too, so that it opens without a network (`shell.ts`).
 */
declare const self: ServiceWorkerGlobalScope;

const MEDIA = "/_matrix/client/v1/media/";

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) return;
    if (isOfShell(request)) return event.respondWith(answerOfShell(request));
    if (!pathname.startsWith(MEDIA)) return;
    if (request.headers.has("Authorization")) return;
    if (request.mode === "navigate") return; // an upload is shown in our pages or saved, and never is a page itself
    event.respondWith(withToken(request));
});

self.addEventListener("message", (event) => {
    const { loaded } = event.data as { loaded?: string[] };
    if (loaded) event.waitUntil(keepLoaded(loaded));
});

self.addEventListener("push", (event) => event.waitUntil(onPush(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(onChosen(event.notification)));

async function withToken(request: Request): Promise<Response> {
    const session = await readSession();
    if (!session || session.hasEnded) return Response.error();
    const headers = new Headers(request.headers); // Range, for one, is kept
    headers.set("Authorization", `Bearer ${session.accessToken}`);
    return fetch(request.url, { headers, signal: request.signal });
}
