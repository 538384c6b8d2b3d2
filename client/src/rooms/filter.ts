import type { RoomView } from "../matrix/roomView";

export type Filter = "all" | "people" | "groups" | "unread";
export const FILTERS: readonly Filter[] = ["all", "people", "groups", "unread"];

export function isIn(filter: Filter, view: RoomView): boolean {
    switch (filter) {
        case "all":
            return true;
        case "people":
            return view.partner !== null;
        case "groups":
            return view.partner === null && !view.isSaved;
        case "unread":
            return view.unread > 0 || view.isMarkedUnread || view.membership === "invite";
    }
}

/** Whether a chat is meant by what somebody types: part of its name, whatever its accents and capitals. */
export function isMeant(wish: string, view: RoomView): boolean {
    return folded(`${view.name} ${view.partner ?? ""}`).includes(folded(wish));
}

function folded(text: string): string {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
