import { expect, test } from "vitest";
import { mentionsContent, mentionsIn, type People } from "./mentions";

const people: People = {
    byName: new Map([
        ["Ann", "@ann:x"],
        ["Ann Lee", "@lee:x"],
        ["b*n", "@b:x"],
        ["ann:x", "@ann:x"],
    ]),
    mayMentionAll: true,
};

test("the longest name is meant, and only a whole one", () => {
    expect(mentionsIn("@Ann Lee, @Ann: hi", people).userIds).toEqual(["@lee:x", "@ann:x"]);
    expect(mentionsIn("@Annabel and mail@Ann", people).userIds).toEqual([]);
    expect(mentionsIn("(@ann:x)", people).userIds).toEqual(["@ann:x"]);
});

test("the HTML links to them, whatever signs are in a name", () => {
    expect(mentionsIn("hi @b*n!", people).linked).toBe("hi [b\\*n](https://matrix.to/#/%40b%3Ax)!");
});

test("everybody, for those who may", () => {
    expect(mentionsContent(mentionsIn("@room come", people))).toEqual({ room: true });
    expect(mentionsIn("@rooms", people).isForAll).toBe(false);
    expect(mentionsIn("@room", { ...people, mayMentionAll: false }).isForAll).toBe(false);
});

test("nobody", () => {
    expect(mentionsContent(mentionsIn("a text", people))).toEqual({});
    expect(mentionsIn("@", { byName: new Map(), mayMentionAll: false }).linked).toBe("@");
});
