import { expect, test } from "vitest";
import type { Kept } from "./kept";
import { noticeOf, type Pushed } from "./notice";
import { bytesOf } from "./subscribe";

const kept: Kept = { newMessage: "Nouveau message", names: { "!a:b": "Tour" }, makesSound: true };
const ids = { event_id: "$1", room_id: "!a:b" };
const open: Pushed = {
    ...ids,
    type: "m.room.message",
    sender: "@ann:b",
    sender_display_name: "Ann",
    room_name: "The tower",
    content: { body: "Fog" },
};

test.each([
    ["an encrypted message", ids, kept, "Tour", "Nouveau message"],
    [
        "an encrypted message in a chat that nobody knows",
        { ...ids, room_id: "!x:b" },
        kept,
        "Chappe",
        "Nouveau message",
    ],
    ["a browser that was never told anything", ids, undefined, "Chappe", "New message"],
    ["an open message", open, kept, "Tour", "Ann: Fog"],
    ["an open message without a page", open, undefined, "The tower", "Ann: Fog"],
    ["a chat with one person", { ...open, room_name: undefined as never }, { ...kept, names: {} }, "Ann", "Fog"],
    ["something else than a text", { ...open, content: { body: 7 } }, kept, "Tour", "Ann: Nouveau message"],
])("%s", (_, pushed, known, title, body) => {
    const notice = noticeOf(pushed, known);
    expect([notice?.title, notice?.options.body]).toEqual([title, body]);
    expect(notice?.options.tag).toBe(pushed.room_id);
});

test("a count alone shows nothing", () => expect(noticeOf({ counts: { unread: 3 } }, kept)).toBeNull());

test("it is quiet unless somebody wants to hear it", () => {
    expect(noticeOf(ids, kept)?.options.silent).toBe(false);
    expect(noticeOf(ids, { ...kept, makesSound: false })?.options.silent).toBe(true);
    expect(noticeOf(ids, undefined)?.options.silent).toBe(true);
});

test("a key is read as it stands in an address", () => expect([...bytesOf("-_8")]).toEqual([251, 255]));
