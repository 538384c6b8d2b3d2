import { EventType, type MatrixClient, type MatrixEvent, NotificationCountType, type Room } from "matrix-js-sdk";
import type { IconName } from "../design/Icon";
import { areSame } from "../design/memo";
import { words } from "../words";
import { isOfficialRoom } from "./official";

export type Membership = "join" | "invite" | "leave" | "ban" | "knock";

/** A room as the list of chats and its header show it. Never changed: a new one is made when something is different. */
export interface RoomView {
    id: string;
    name: string;
    /** An mxc address: of the room, or of the other person in a direct chat. */
    picture: string | null;
    membership: Membership;
    isEncrypted: boolean;
    /** Anybody may come in. */
    isPublic: boolean;
    isSpace: boolean;
    /** What this person has saved, for themselves alone. */
    isSaved: boolean;
    /** In it the server itself tells this person what concerns them: nobody answers there, and nobody leaves. */
    isOfficial: boolean;
    /** The other person of a direct chat. */
    partner: string | null;
    /** Messages that somebody wants to know of, and those of them that mention this person. */
    unread: number;
    mentions: number;
    isMarkedUnread: boolean;
    isPinned: boolean;
    isArchived: boolean;
    /** All its tags, one a line. */
    tags: string;
    /** The newest thing that was said, if it is loaded, and what it looks like now (edited, decrypted, deleted). */
    last: MatrixEvent | null;
    lastLooks: string;
    lastAt: number;
    memberCount: number;
    invitedBy: string | null;
    /** The room that replaced this one. */
    successor: string | null;
}

/** What counts as something said. A new kind of message adds its type here. */
export const SAID: Set<string> = new Set([
    EventType.RoomMessage,
    EventType.RoomMessageEncrypted,
    EventType.Sticker,
    "m.poll.start",
    "org.matrix.msc3381.poll.start",
]);

export const PINNED = "m.favourite";
export const ARCHIVED = "m.lowpriority";
/** In the account: the room of the saved messages (`saved/`). */
export const SAVED = "org.chappe.saved_messages";
const MARKED_UNREAD = "m.marked_unread";

export function viewOf(room: Room, client: MatrixClient, partner: string | null): RoomView {
    const me = client.getSafeUserId();
    const membership = room.getMyMembership() as Membership;
    const invitation = membership === "invite" ? room.getMember(me)?.events.member : undefined;
    const last = lastSaid(room);
    const isSaved = membership === "join" && client.getAccountData(SAVED)?.getContent()["room_id"] === room.roomId;
    const tags = Object.keys(room.tags);
    const inviter = invitation?.getSender() ?? null;
    const other = partner ?? (invitation?.getContent()["is_direct"] ? inviter : null);
    return {
        id: room.roomId,
        name: isSaved ? words.value.saved.title : room.name,
        picture: room.getMxcAvatarUrl() ?? (other ? (room.getMember(other)?.getMxcAvatarUrl() ?? null) : null),
        membership,
        isEncrypted: room.hasEncryptionStateEvent(),
        isPublic: room.getJoinRule() === "public",
        isSpace: room.isSpaceRoom(),
        isSaved,
        isOfficial: isOfficialRoom(room),
        partner: other,
        unread: membership === "join" ? room.getUnreadNotificationCount(NotificationCountType.Total) : 0,
        mentions: membership === "join" ? room.getUnreadNotificationCount(NotificationCountType.Highlight) : 0,
        isMarkedUnread: room.getAccountData(MARKED_UNREAD)?.getContent()["unread"] === true,
        isPinned: PINNED in room.tags,
        isArchived: ARCHIVED in room.tags,
        tags: tags.sort().join("\n"),
        last,
        lastLooks: last ? looksOf(last) : "",
        lastAt: last?.getTs() ?? invitation?.getTs() ?? createdAt(room),
        memberCount: room.getInvitedAndJoinedMemberCount(),
        invitedBy: inviter,
        successor: successorOf(room),
    };
}

/** Differs whenever a message looks different from before: the SDK changes its events in place. */
export function looksOf(event: MatrixEvent): string {
    const said = [
        event.getId(),
        event.getType(),
        event.status,
        event.replacingEventId(),
        event.decryptionFailureReason,
    ];
    return `${said.join(" ")} ${event.isRedacted()} ${event.isBeingDecrypted()}`;
}

function lastSaid(room: Room): MatrixEvent | null {
    const pending = room.getPendingEvents().at(-1);
    if (pending && SAID.has(pending.getType())) return pending;
    return (
        room
            .getLiveTimeline()
            .getEvents()
            .findLast((event) => SAID.has(event.getType()) && !isEdit(event)) ?? null
    );
}

function isEdit(event: MatrixEvent): boolean {
    return event.isRelation("m.replace");
}

function createdAt(room: Room): number {
    return room.currentState.getStateEvents(EventType.RoomCreate, "")?.getTs() ?? 0;
}

function successorOf(room: Room): string | null {
    const replacement = room.currentState.getStateEvents(EventType.RoomTombstone, "")?.getContent()["replacement_room"];
    return typeof replacement === "string" ? replacement : null;
}

export function isSameView(one: RoomView | undefined, other: RoomView): boolean {
    return one !== undefined && areSame(one, other);
}

/** Pinned ones first, and then by when something was last said. Invitations and what is saved are above all others. */
export function inOrder(one: RoomView, other: RoomView): number {
    return rank(one) - rank(other) || other.lastAt - one.lastAt || (one.id < other.id ? -1 : 1);
}

function rank(view: RoomView): number {
    return view.membership === "invite" ? 0 : view.isSaved ? 1 : view.isPinned ? 2 : 3;
}

/** The icon of a chat that has one instead of a picture. */
export function iconOf({ isSaved, isOfficial }: RoomView): IconName | undefined {
    return isOfficial ? "shield" : isSaved ? "saved" : undefined;
}
