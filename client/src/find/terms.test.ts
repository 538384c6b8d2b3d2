import { expect, test } from "vitest";
import { MAX_WORDS, markedIn, wantedIn, wordsOf } from "./terms";

test("a text is found by its words, whatever their capitals and forms", () => {
    expect(wordsOf("Straße, STRASSE and ﬁne")).toEqual(["strasse", "and", "fine"]);
    expect(wordsOf("ΟΔΟΣ")).toEqual(wordsOf("οδος"));
    expect(wordsOf("e\u0301te\u0301")).toEqual(["\u00e9t\u00e9"]);
    expect(wordsOf("snake_case 12th")).toEqual(["snake_case", "12th"]);
});

test("scripts without spaces are found by each sign and each two", () => {
    expect(wordsOf("東京都")).toEqual(["東", "京", "都", "東京", "京都"]);
    expect(wantedIn("京都")).toEqual([{ word: "京都", isBeginning: false }]);
    expect(wordsOf("in 東京")).toEqual(["in", "東", "京", "東京"]);
});

test("a hashtag is found with its # and without", () => {
    expect(wordsOf("#Lille")).toEqual(["#lille", "lille"]);
    expect(wantedIn("#lille ")).toEqual([{ word: "#lille", isBeginning: false }]);
});

test("of the last word only the beginning may be there yet", () => {
    expect(wantedIn("clear sk")).toEqual([
        { word: "clear", isBeginning: false },
        { word: "sk", isBeginning: true },
    ]);
    expect(wantedIn("clear ")).toEqual([{ word: "clear", isBeginning: false }]);
});

test("a text has a limit to its words", () => {
    expect(wordsOf(Array.from({ length: 2 * MAX_WORDS }, (_, i) => `w${i}`).join(" "))).toHaveLength(MAX_WORDS);
});

test.each([
    ["Clear sky over Lille", "sk", ["sky"]],
    ["Straße", "strasse", ["Straße"]],
    ["東京都に行く", "京都", ["京都"]],
    ["#Lille and Lille", "lille", ["#Lille", "Lille"]],
    ["nothing here", "absent", []],
])("what is found in %s by %s is marked", (text, term, marked) => {
    const pieces = markedIn(text, wantedIn(term));
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.filter(({ isHit }) => isHit).map((piece) => piece.text)).toEqual(marked);
});
