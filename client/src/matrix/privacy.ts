import { type Signal, signal } from "@preact/signals";

/** Others do not see what was read on this device. */
export const readsPrivately = signal(localStorage.getItem("chappe.readsPrivately") === "yes");

/** Others do not see when somebody types on this device. */
export const hidesTyping = signal(localStorage.getItem("chappe.hidesTyping") === "yes");

/** Nothing is shown of the pages that links lead to. */
export const hidesPreviews = signal(localStorage.getItem("chappe.hidesPreviews") === "yes");

/** The server may be asked about links in encrypted chats, too, and then knows them. */
export const previewsSealed = signal(localStorage.getItem("chappe.previewsSealed") === "yes");

export function hidePreviews(isHidden: boolean): void {
    keep("chappe.hidesPreviews", hidesPreviews, isHidden);
}

export function previewSealed(isWanted: boolean): void {
    keep("chappe.previewsSealed", previewsSealed, isWanted);
}

export function keepPrivately(isPrivate: boolean): void {
    keep("chappe.readsPrivately", readsPrivately, isPrivate);
}

export function hideTyping(isHidden: boolean): void {
    keep("chappe.hidesTyping", hidesTyping, isHidden);
}

function keep(name: string, choice: Signal<boolean>, isChosen: boolean): void {
    choice.value = isChosen;
    if (isChosen) localStorage.setItem(name, "yes");
    else localStorage.removeItem(name);
}
