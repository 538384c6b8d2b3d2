import { expect, test } from "vitest";
import type { Catalogue } from "./api";
import { categoryName, inLanguage, inOrder, search } from "./catalogue";

const catalogue = {
    categories: [
        {
            category: "STATEMENT_CATEGORY_ANIMAL_WELFARE",
            en: "Harm to animals",
            fr: "Maltraitance animale",
            is_terms_only: false,
            keywords: [{ keyword: "KEYWORD_OTHER", en: "Something else", fr: "Autre chose", is_child_abuse: false }],
        },
        {
            category: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
            en: "Scam, fraud, spam",
            fr: "Escroquerie, fraude, spam",
            is_terms_only: false,
            keywords: [
                { keyword: "KEYWORD_PHISHING", en: "Phishing", fr: "Hameçonnage", is_child_abuse: false },
                { keyword: "KEYWORD_OTHER", en: "Something else", fr: "Autre chose", is_child_abuse: false },
            ],
        },
        {
            category: "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE",
            en: "I am not sure",
            fr: "Je ne sais pas",
            is_terms_only: false,
            keywords: [],
        },
    ],
    terms: [],
    limits: { reason_chars: 1, messages: 1, message_bytes: 1, complaint_days: 1 },
} satisfies Catalogue;

const said = (typed: string, language = "en") =>
    search(catalogue, typed, language).map(({ category, keyword }) => inLanguage(keyword ?? category, language));

test("what people report most is first, and that one is not sure last", () => {
    const codes = inOrder(catalogue.categories).map(({ category }) => category);
    expect(codes.map((code) => code.slice("STATEMENT_CATEGORY_".length))).toEqual([
        "SCAMS_AND_FRAUD",
        "ANIMAL_WELFARE",
        "NOT_SPECIFIED_NOTICE",
    ]);
    expect(said(" ")).toHaveLength(3);
});

test.each([
    ["fraud", "en", ["Scam, fraud, spam"]],
    ["PHI", "en", ["Phishing"]],
    ["hameconnage", "fr-FR", ["Hameçonnage"]],
    ["fraude hame", "fr", ["Hameçonnage"]],
    ["else", "en", []],
    ["raud", "en", []],
    ["zzz", "en", []],
])("%s in %s", (typed, language, found) => {
    expect(said(typed, language)).toEqual(found);
});

test("a language that the server does not have reads English, and a category that it does not have nothing", () => {
    expect(inLanguage({ en: "Harm to animals", fr: "Maltraitance animale" }, "de")).toBe("Harm to animals");
    expect(categoryName(catalogue, "STATEMENT_CATEGORY_ANIMAL_WELFARE", "fr")).toBe("Maltraitance animale");
    expect(categoryName(catalogue, "X", "fr")).toBeNull();
    expect(categoryName(null, "X", "fr")).toBeNull();
});
