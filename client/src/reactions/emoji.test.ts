import { beforeEach, expect, test } from "vitest";
import { emojiOf, findEmoji, groups, noteUse, recentEmoji } from "./emoji";

const found = (typed: string): string[] => findEmoji(typed).map(({ sign }) => sign);

beforeEach(() => localStorage.clear());

test("every sign is there once, is one sign, and can be found", () => {
    const all = groups.flatMap((group) => emojiOf(group));
    expect(new Set(all.map(({ sign }) => sign)).size).toBe(all.length);
    const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    for (const { sign, names } of all) {
        expect([...segmenter.segment(sign)].length, sign).toBe(1);
        expect(names, sign).not.toBe("");
    }
});

test("they are found by words of either language, with or without accents", () => {
    expect(found("heart")).toContain("❤️");
    expect(found("cœur rouge")).toEqual(["❤️"]);
    expect(found("coeur rou")).toEqual(["❤️"]);
    expect(found("fete")).toContain("🎉");
    expect(found("nothing like it")).toEqual([]);
});

test("the last used come first", () => {
    expect(recentEmoji()[0]).toBe("👍");
    noteUse("🐢");
    noteUse("🐙");
    expect(recentEmoji().slice(0, 3)).toEqual(["🐙", "🐢", "👍"]);
    expect(recentEmoji().length).toBe(8);
});
