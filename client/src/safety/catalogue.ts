import type { Catalogue, Category, Keyword, Told } from "./api";

/** A text of the server in the language of this person, or else in English. */
export function inLanguage(told: Told, language: string): string {
    const found = told[language.split("-", 1)[0] ?? "en"];
    return typeof found === "string" ? found : told.en;
}

export interface Choice {
    category: Category;
    keyword: Keyword | null;
}

const OTHER = "KEYWORD_OTHER";
const NOT_SPECIFIED = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE";

/** What people report most stands first; the rest as the law numbers it, and at the end that one is not sure. */
const FIRST = [
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "STATEMENT_CATEGORY_VIOLENCE",
    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    "STATEMENT_CATEGORY_SELF_HARM",
];

export function inOrder(categories: readonly Category[]): Category[] {
    const rank = ({ category }: Category, i: number): number => {
        const first = FIRST.indexOf(category);
        return category === NOT_SPECIFIED ? Number.MAX_SAFE_INTEGER : first === -1 ? FIRST.length + i : first;
    };
    return categories
        .map((category, i) => ({ category, rank: rank(category, i) }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ category }) => category);
}

/**
 * What somebody may mean by what they type: categories, and single keywords with theirs. Every word of it has to begin a
 * word there; accents and capitals make no difference.
 */
export function search(catalogue: Catalogue, typed: string, language: string): Choice[] {
    const wanted = wordsIn(typed);
    if (wanted.length === 0) return inOrder(catalogue.categories).map((category) => ({ category, keyword: null }));
    const fits = (...texts: string[]): boolean => {
        const there = texts.flatMap(wordsIn);
        return wanted.every((wish) => there.some((word) => word.startsWith(wish)));
    };
    return inOrder(catalogue.categories).flatMap((category): Choice[] => {
        const name = inLanguage(category, language);
        if (fits(name)) return [{ category, keyword: null }];
        return category.keywords
            .filter(({ keyword }) => keyword !== OTHER)
            .filter((keyword) => fits(name, inLanguage(keyword, language)))
            .map((keyword) => ({ category, keyword }));
    });
}

function wordsIn(text: string): string[] {
    const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
    return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** A category by its code, in words. */
export function categoryName(catalogue: Catalogue | null, code: string, language: string): string | null {
    const found = catalogue?.categories.find(({ category }) => category === code);
    return found ? inLanguage(found, language) : null;
}
