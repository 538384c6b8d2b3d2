import type { Room } from "matrix-js-sdk";
import { chatAddress } from "../../app/route";

/** A link to a group in this client. It lets nobody in by itself: the group's rules do. */
export function linkTo(room: Room): string {
    return location.origin + location.pathname + chatAddress(room.getCanonicalAlias() ?? room.roomId);
}
