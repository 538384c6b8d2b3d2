import { type Signal, signal } from "@preact/signals";

/** What was begun in a room and not sent. It outlives a reload, but not the tab: it may be of an encrypted chat. */
const PREFIX = "chappe.draft.";
/** What other devices know of it (`draftsInStep.ts`). */
const KEPT = "chappe.draft-kept.";
const drafts = new Map<string, Signal<string>>();
const listeners = new Set<(scope: string) => void>();

export function draftOf(scope: string): Signal<string> {
    let found = drafts.get(scope);
    if (!found) {
        found = signal(sessionStorage.getItem(PREFIX + scope) ?? "");
        drafts.set(scope, found); // before somebody hears of it, and asks for it
        found.subscribe((text) => {
            if (text) sessionStorage.setItem(PREFIX + scope, text);
            else sessionStorage.removeItem(PREFIX + scope);
            for (const listener of listeners) listener(scope);
        });
    }
    return found;
}

/** Hear of every draft that may have changed. Returns how to stop. */
export function onDraft(listener: (scope: string) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

/** The text that this device and the others agreed on last; null where they never did. */
export function keptDraft(scope: string): string | null {
    return sessionStorage.getItem(KEPT + scope);
}

export function keepDraft(scope: string, text: string): void {
    sessionStorage.setItem(KEPT + scope, text);
}

/** Whoever logs out leaves nothing begun behind, in the tab or in memory. Their other devices keep it. */
export function forgetDrafts(): void {
    listeners.clear();
    for (const draft of drafts.values()) draft.value = "";
    drafts.clear();
    for (const name of Object.keys(sessionStorage)) {
        if (name.startsWith(PREFIX) || name.startsWith(KEPT)) sessionStorage.removeItem(name);
    }
}
