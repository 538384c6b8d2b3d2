import { expect, test } from "vitest";
import type { RoomView } from "../matrix/roomView";
import { foldersOf, nameOf, tagOf, tagsOf } from "./folder";

const view = (id: string, tags: string[], more: Partial<RoomView> = {}): RoomView =>
    ({
        id,
        name: id,
        membership: "join",
        tags: tags.join("\n"),
        unread: 0,
        mentions: 0,
        isMarkedUnread: false,
        ...more,
    }) as RoomView;
const none = (): string[] => [];

test("a folder is a tag of one's own, of a name that fits into one", () => {
    expect(tagOf("  Work  and play ")).toBe("u.Work and play");
    expect(nameOf("u.Work and play")).toBe("Work and play");
    expect(tagOf(" ")).toBeNull();
    expect(tagOf("é".repeat(126))).toHaveLength(128);
    expect(tagOf("é".repeat(127))).toBeNull();
    expect(tagsOf(view("!a", ["m.favourite", "u.", "u.Work and play", "x.other"]))).toEqual(["u.Work and play"]);
});

test("folders stand in the order that was kept, the others after them; empty ones only where they were made", () => {
    const chats = [view("!a", ["u.Work", "u.Zoo"]), view("!b", ["u.Art"]), view("!c", ["m.favourite"])];
    const folders = foldersOf(chats, ["u.Empty", "u.Work"], [], none);
    expect(folders.map(({ name, chats: inIt }) => [name, [...inIt]])).toEqual([
        ["Empty", []],
        ["Work", ["!a"]],
        ["Art", ["!b"]],
        ["Zoo", ["!a"]],
    ]);
});

test("a folder counts what is unread in it, but not what is archived", () => {
    const chats = [
        view("!a", ["u.Work"], { unread: 3, mentions: 1 }),
        view("!b", ["u.Work"], { isMarkedUnread: true }),
        view("!c", ["u.Work"], { unread: 5, isArchived: true }),
        view("!d", [], { unread: 7 }),
    ];
    expect(foldersOf(chats, [], [], none)).toMatchObject([{ unread: 4, mentions: 1 }]);
});

test("a space has the rooms of the spaces in it, also where they go in circles", () => {
    const children: Record<string, string[]> = { "!s": ["!a", "!inner", "!unknown"], "!inner": ["!b", "!s"] };
    const chats = [view("!a", []), view("!b", []), view("!c", [])];
    const spaces = [
        view("!s", [], { name: "Harbour" }),
        view("!empty", []),
        view("!gone", [], { membership: "invite" }),
    ];
    const folders = foldersOf(chats, [], spaces, (id) => children[id] ?? []);
    expect(folders.map(({ name, isSpace, chats: inIt }) => [name, isSpace, [...inIt].sort()])).toEqual([
        ["Harbour", true, ["!a", "!b"]],
    ]);
});
