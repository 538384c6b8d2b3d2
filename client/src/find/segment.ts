import { type Wanted, wordsOf } from "./terms";

/** A message as the index keeps it. */
export interface Message {
    id: string;
    at: number;
    by: string;
    text: string;
    /** The edit whose text this is. */
    edit?: { id: string; at: number };
}

/** The words of some messages, sorted, and for each the messages that have it, by their number. Pure. */
export interface WordList {
    words: string[];
    at: number[][];
}

export function wordListOf(messages: readonly Message[]): WordList {
    const found = new Map<string, number[]>();
    messages.forEach(({ text }, i) => {
        for (const word of wordsOf(text)) {
            const at = found.get(word);
            if (at) at.push(i);
            else found.set(word, [i]);
        }
    });
    const words = [...found.keys()].sort();
    return { words, at: words.map((word) => found.get(word) ?? []) };
}

/** The numbers of the messages that have all words. */
export function matches(list: WordList, wanted: readonly Wanted[]): number[] {
    const [first, ...others] = wanted;
    let left = first ? [...numbersOf(list, first)] : [];
    for (const each of others) {
        if (left.length === 0) break;
        const has = numbersOf(list, each);
        left = left.filter((number) => has.has(number));
    }
    return left;
}

function numbersOf({ words, at }: WordList, { word, isBeginning }: Wanted): Set<number> {
    const found = new Set<number>();
    for (let i = firstFrom(words, word); i < words.length; i++) {
        const here = words[i] as string;
        if (isBeginning ? !here.startsWith(word) : here !== word) break;
        for (const number of at[i] ?? []) found.add(number);
    }
    return found;
}

function firstFrom(words: readonly string[], word: string): number {
    let low = 0;
    let high = words.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((words[middle] as string) < word) low = middle + 1;
        else high = middle;
    }
    return low;
}
