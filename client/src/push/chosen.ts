import { navigate } from "../app/route";
import type { Chosen } from "./worker";

/** A notice that somebody chooses opens its chat: from the first moment on, for the page may have been opened by it. */
export function openWhatIsChosen(): void {
    const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
    workers?.addEventListener("message", ({ data }) => {
        const chosen = (data as Partial<Chosen> | null)?.chosen;
        if (chosen) navigate({ name: "chat", parts: [chosen.roomId] });
    });
}
