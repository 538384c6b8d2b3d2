import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { Door, Report } from "./api";
import type { Choice } from "./catalogue";
import type { Chosen } from "./disclose";

/** What is reported. */
export type Target =
    | { kind: "event"; event: MatrixEvent; room: Room }
    | { kind: "room"; room: Room }
    | { kind: "account"; userId: string; name: string; room: Room | null };

/** What somebody has said about it so far. */
export interface Draft {
    choice: Choice | null;
    isThreat: boolean;
    door: Door;
    law: string;
    country: string;
    isInGoodFaith: boolean;
    reason: string;
    /** Of an encrypted chat, what is handed over: the reported message first. */
    chosen: Chosen[];
}

export const EMPTY: Draft = {
    choice: null,
    isThreat: false,
    door: "report",
    law: "",
    country: "",
    isInGoodFaith: false,
    reason: "",
    chosen: [],
};

/** The report as it is sent, and shown before: nothing that was not filled in, and nothing else. */
export function reportOf(target: Target, draft: Draft): Report {
    const { choice, isThreat, door, law, country, reason, chosen } = draft;
    const isNotice = door === "notice";
    return {
        ...itemOf(target),
        door,
        ...(choice && { category: choice.category.category }),
        ...(choice?.keyword && { keyword: choice.keyword.keyword }),
        ...(reason.trim() && { reason: reason.trim() }),
        ...(isNotice && law.trim() && { law: law.trim() }),
        ...(isNotice && country && { country }),
        ...(isNotice && { good_faith: draft.isInGoodFaith }),
        ...(isThreat && { is_threat: true }),
        ...(chosen.length > 0 && { disclosed: chosen.map(({ disclosed }) => disclosed) }),
    };
}

function itemOf(target: Target): Pick<Report, "kind" | "room_id" | "event_id" | "user_id"> {
    switch (target.kind) {
        case "event":
            return { kind: "event", room_id: target.room.roomId, event_id: target.event.getId() ?? "" };
        case "room":
            return { kind: "room", room_id: target.room.roomId };
        case "account":
            return { kind: "account", user_id: target.userId };
    }
}

/** Whose it is, where that is a person. */
export function authorOf(target: Target): string | null {
    if (target.kind === "room") return null;
    return target.kind === "account" ? target.userId : (target.event.getSender() ?? null);
}
