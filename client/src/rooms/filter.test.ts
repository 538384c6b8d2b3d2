import { expect, test } from "vitest";
import type { RoomView } from "../matrix/roomView";
import { FILTERS, isIn, isMeant } from "./filter";

const chat = (more: Partial<RoomView>): RoomView =>
    ({ name: "", partner: null, unread: 0, isMarkedUnread: false, membership: "join", ...more }) as RoomView;

const inWhich = (view: RoomView): string[] => FILTERS.filter((filter) => isIn(filter, view));

test("each chat is where one looks for it", () => {
    expect(inWhich(chat({ partner: "@ann:b" }))).toEqual(["all", "people"]);
    expect(inWhich(chat({ unread: 2 }))).toEqual(["all", "groups", "unread"]);
    expect(inWhich(chat({ isMarkedUnread: true }))).toContain("unread");
    expect(inWhich(chat({ membership: "invite" }))).toContain("unread");
});

test("names are found without their accents", () => {
    expect(isMeant("ecole", chat({ name: "L’École de Lille" }))).toBe(true);
    expect(isMeant("ÉCOLE", chat({ name: "l’ecole" }))).toBe(true);
    expect(isMeant("@ann", chat({ name: "A.", partner: "@ann:b" }))).toBe(true);
    expect(isMeant("Paris", chat({ name: "Lille" }))).toBe(false);
});
