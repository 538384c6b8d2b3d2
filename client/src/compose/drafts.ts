import { type Signal, signal } from "@preact/signals";

/** What was begun in a room and not sent. It outlives a reload, but not the tab: it may be of an encrypted chat. */
const PREFIX = "chappe.draft.";
const drafts = new Map<string, Signal<string>>();

export function draftOf(roomId: string): Signal<string> {
    let found = drafts.get(roomId);
    if (!found) {
        found = signal(sessionStorage.getItem(PREFIX + roomId) ?? "");
        found.subscribe((text) => {
            if (text) sessionStorage.setItem(PREFIX + roomId, text);
            else sessionStorage.removeItem(PREFIX + roomId);
        });
        drafts.set(roomId, found);
    }
    return found;
}

/** Whoever logs out leaves nothing begun behind, in the tab or in memory. */
export function forgetDrafts(): void {
    for (const draft of drafts.values()) draft.value = "";
    drafts.clear();
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
}
