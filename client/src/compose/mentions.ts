import type { Room } from "matrix-js-sdk";

/** As much of a room as mentions need. */
export interface People {
    /** By name: what stands behind the @ of a mention, and whom it means. */
    byName: ReadonlyMap<string, string>;
    mayMentionAll: boolean;
}

export interface Mentions {
    userIds: string[];
    isForAll: boolean;
    /** The text with Markdown links in place of the mentions, for the HTML. */
    linked: string;
}

/** What an @ can be followed by in a room. Of two people with the same name, each is named by the user ID. */
export function peopleIn(room: Room, me: string): People {
    const byName = new Map<string, string>();
    const twice = new Set<string>();
    for (const { userId, rawDisplayName } of room.getMembers()) {
        byName.set(userId.slice(1), userId);
        const name = (rawDisplayName ?? "").trim();
        if (!name || /[\n\p{Cf}]/u.test(name)) continue; // a name with signs that turn letters around is no good name
        if (byName.has(name) && byName.get(name) !== userId) twice.add(name);
        byName.set(name, userId);
    }
    for (const name of twice) byName.delete(name);
    return { byName, mayMentionAll: room.currentState.mayTriggerNotifOfType("room", me) };
}

const ALL = "room";

/** Whom a text mentions: an @ and the longest name that follows it (Client-Server API v1.19, "User and room mentions"). */
export function mentionsIn(text: string, { byName, mayMentionAll }: People): Mentions {
    const userIds = new Set<string>();
    let isForAll = false;
    let linked = "";
    let end = 0;
    const longest = Math.max(0, ...[...byName.keys()].map((name) => name.length));
    for (const { index } of text.matchAll(/(?<![\p{L}\p{N}_])@/gu)) {
        if (index < end) continue;
        const rest = text.slice(index + 1, index + 1 + longest);
        const name = nameAt(rest, byName);
        if (name !== null) {
            const userId = byName.get(name) ?? "";
            userIds.add(userId);
            linked += `${text.slice(end, index)}[${escaped(name)}](https://matrix.to/#/${encodeURIComponent(userId)})`;
            end = index + 1 + name.length;
        } else if (mayMentionAll && /^room(?![\p{L}\p{N}_])/u.test(text.slice(index + 1))) {
            isForAll = true;
            linked += text.slice(end, index + 1 + ALL.length);
            end = index + 1 + ALL.length;
        }
    }
    return { userIds: [...userIds], isForAll, linked: linked + text.slice(end) };
}

function nameAt(rest: string, byName: ReadonlyMap<string, string>): string | null {
    for (let length = rest.length; length > 0; length--) {
        const name = rest.slice(0, length);
        const isWhole = !/^[\p{L}\p{N}_]/u.test(rest.slice(length));
        if (isWhole && byName.has(name)) return name;
    }
    return null;
}

/** No sign in a name is Markdown. */
function escaped(name: string): string {
    return name.replace(/[\\`*_{}[\]()#+\-.!<>~|]/g, "\\$&");
}

/** `m.mentions` of a message. */
export function mentionsContent({ userIds, isForAll }: Mentions): Record<string, unknown> {
    return { ...(userIds.length > 0 && { user_ids: userIds }), ...(isForAll && { room: true }) };
}
