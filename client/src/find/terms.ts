/**
 * The words of a text, the same for what is said and for what is looked for, and the same as the server's
 * (`chappe/search/words.py`): compatible forms are one (NFKC), and so are large and small letters. Where a script sets no
 * spaces between words, the words are each character and each two that follow one another.
 */

/** Of a text: its first ones are found. */
export const MAX_WORDS = 400;
/** A longer word is cut, wherever it stands. */
const MAX_WORD_CHARS = 40;

/** Han, kana and their marks; Thai, Lao, Myanmar and Khmer. */
const UNSPACED =
    "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const MARKS = "\\u0300-\\u036f\\u0591-\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0900-\\u0dff";
const PIECE = new RegExp(`[${UNSPACED}]+|#?(?:(?![${UNSPACED}])[\\p{L}\\p{N}_${MARKS}])+`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");

/** A word that is looked for; of the last one that somebody types, perhaps only its beginning is there yet. */
export interface Wanted {
    word: string;
    isBeginning: boolean;
}

/** The words by which a text is found, each once. */
export function wordsOf(text: string): string[] {
    const found = new Set<string>();
    for (const piece of folded(text).match(PIECE) ?? []) {
        if (IS_UNSPACED.test(piece)) {
            for (const word of [...piece, ...pairsOf(piece)]) found.add(word);
        } else {
            found.add(cut(piece));
            if (piece.startsWith("#")) found.add(cut(piece.slice(1)));
        }
        if (found.size >= MAX_WORDS) break;
    }
    return [...found].slice(0, MAX_WORDS);
}

/** The words that must all stand in what is found. */
export function wantedIn(term: string): Wanted[] {
    const pieces = folded(term).match(PIECE) ?? [];
    const isOpenEnded = !/\s$/u.test(term);
    const found = new Map<string, boolean>();
    pieces.forEach((piece, i) => {
        if (!IS_UNSPACED.test(piece)) found.set(cut(piece), isOpenEnded && i === pieces.length - 1);
        else for (const word of [...piece].length === 1 ? [piece] : pairsOf(piece)) found.set(word, false);
    });
    return [...found].map(([word, isBeginning]) => ({ word, isBeginning }));
}

/** Pieces of a text, with those marked that are looked for. Together they are the text. */
export function markedIn(text: string, wanted: readonly Wanted[]): { text: string; isHit: boolean }[] {
    const found: { text: string; isHit: boolean }[] = [];
    let end = 0;
    const add = (to: number, isHit: boolean): void => {
        if (to > end) found.push({ text: text.slice(end, to), isHit });
        end = Math.max(end, to);
    };
    for (const match of text.matchAll(PIECE)) {
        for (const [from, to] of hitsIn(match[0], wanted)) {
            add(match.index + from, false);
            add(match.index + to, true);
        }
    }
    add(text.length, false);
    return found;
}

function hitsIn(piece: string, wanted: readonly Wanted[]): [number, number][] {
    if (!IS_UNSPACED.test(piece)) {
        const word = cut(folded(piece));
        const isHit = wanted.some((each) =>
            [word, word.replace(/^#/, "")].some((one) =>
                each.isBeginning ? one.startsWith(each.word) : one === each.word,
            ),
        );
        return isHit ? [[0, piece.length]] : [];
    }
    return wanted
        .flatMap(({ word }): [number, number][] => {
            const at = piece.indexOf(word);
            return at === -1 ? [] : [[at, at + word.length]];
        })
        .sort((one, other) => one[0] - other[0]);
}

/** Python's casefold, as near as a browser comes: through capitals, which are fewer. */
function folded(text: string): string {
    return text.normalize("NFKC").toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

function pairsOf(piece: string): string[] {
    const signs = [...piece];
    return signs.slice(1).map((sign, i) => `${signs[i]}${sign}`);
}

function cut(word: string): string {
    return [...word].slice(0, MAX_WORD_CHARS).join("");
}
