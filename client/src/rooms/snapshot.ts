import type { Matrix } from "../matrix/matrix";
import { iconOf, type RoomView } from "../matrix/roomView";
import { Seal } from "../matrix/seal";
import type { Session } from "../session/kept";
import { previewOf } from "../timeline/registry";

/** A chat as it was when the browser was closed. */
export interface Seen {
    id: string;
    name: string;
    /** Decides the colour of its picture. */
    colour: string;
    picture: string | null;
    icon: ReturnType<typeof iconOf>;
    isEncrypted: boolean;
    preview: string;
    lastAt: number;
    unread: number;
}

/** As many as a tall window shows. */
const MOST = 24;
const MAX_CHARS = 120;
/** Logging out removes it, like everything in this store (`matrix/open.ts`). */
const KEPT = "chappe.list";

/**
 * The top of the list of chats, kept to be shown while the SDK opens its stores, which takes seconds with a thousand rooms.
 * It has names and words in it, so it is encrypted with a key of the session.
 */
export async function keepSnapshot(matrix: Matrix): Promise<void> {
    const chats = matrix.rooms.chats.peek().filter(({ isArchived }) => !isArchived);
    const seal = await sealOf(matrix.session);
    const bytes = await seal.seal(KEPT, chats.slice(0, MOST).map(seenOf));
    localStorage.setItem(KEPT, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}

/** Empty where there is none, or none of this login. */
export async function readSnapshot(session: Session): Promise<Seen[]> {
    const kept = localStorage.getItem(KEPT);
    if (!kept) return [];
    try {
        const bytes = Uint8Array.from(atob(kept), (sign) => sign.charCodeAt(0));
        return await (await sealOf(session)).open<Seen[]>(KEPT, bytes);
    } catch {
        return [];
    }
}

function sealOf(session: Session): Promise<Seal> {
    return Seal.of(session.storageKey, "list of chats");
}

function seenOf(view: RoomView): Seen {
    return {
        id: view.id,
        name: view.name,
        colour: view.partner ?? view.id,
        picture: view.picture,
        icon: iconOf(view),
        isEncrypted: view.isEncrypted,
        preview: view.last ? previewOf(view.last).slice(0, MAX_CHARS) : "",
        lastAt: view.lastAt,
        unread: view.unread,
    };
}
