import { type ReadonlySignal, signal } from "@preact/signals";

/**
 * Where somebody is, in the fragment of the address: `#/chat/!id/$event?panel=people`. The server never sees it.
 * `name` chooses the place (`app/parts.ts`), `parts` are what follows it.
 */
export interface Route {
    name: string;
    parts: string[];
    query: URLSearchParams;
}

export function parseRoute(fragment: string): Route {
    const [path = "", query = ""] = fragment.replace(/^#?\/?/, "").split("?", 2);
    const [name, ...parts] = path.split("/").map(decoded);
    return { name: name || "chats", parts, query: new URLSearchParams(query) };
}

function decoded(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

export function addressOf({ name, parts = [], query }: Target): string {
    const path = [name === "chats" && parts.length === 0 ? "" : name, ...parts].map(encodeURIComponent).join("/");
    const asked = query ? new URLSearchParams(query).toString() : "";
    return `#/${path}${asked ? `?${asked}` : ""}`;
}

export interface Target {
    name: string;
    parts?: string[];
    query?: Record<string, string> | URLSearchParams;
}

const current = signal<Route>(parseRoute(location.hash));

export const route: ReadonlySignal<Route> = current;

export function startRouting(): void {
    addEventListener("hashchange", () => {
        current.value = parseRoute(location.hash);
    });
}

/** Go somewhere. `replace`: without a step to go back to. */
export function navigate(target: Target, { replace = false } = {}): void {
    const address = addressOf(target);
    if (replace) {
        history.replaceState(null, "", address);
        current.value = parseRoute(address);
    } else {
        location.hash = address;
    }
}

/** The address of a chat, or of one message in it. */
export function chatAddress(roomId: string, eventId?: string): string {
    return addressOf({ name: "chat", parts: eventId ? [roomId, eventId] : [roomId] });
}

/** Open or close the third column. */
export function showPanel(name: string | null): void {
    const query = new URLSearchParams(current.value.query);
    if (name) query.set("panel", name);
    else query.delete("panel");
    navigate({ ...current.value, query }, { replace: true });
}
