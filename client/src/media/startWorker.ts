import { ownScript } from "../app/trusted";

/** Let the service worker begin. Resolves when pictures can be asked for; a browser without one shows none. */
export async function startWorker(): Promise<void> {
    const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
    if (!workers) return;
    try {
        await workers.register(ownScript("/service-worker.js"), { updateViaCache: "none" });
        const { active } = await workers.ready;
        active?.postMessage({ loaded: performance.getEntriesByType("resource").map(({ name }) => name) });
    } catch (error) {
        console.warn("Pictures cannot be shown", error);
    }
}
