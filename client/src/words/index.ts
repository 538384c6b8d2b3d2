import { type ReadonlySignal, signal } from "@preact/signals";
import { words as english, type Words } from "./en";

export type { Words };

/** Each file of this folder that exports `words` is a language, named by the file. They load when they are chosen. */
const files = import.meta.glob<{ words: Words }>([
    "./*.ts",
    "!./*.test.ts",
    "!./index.ts",
    "!./plural.ts",
    "!./sizes.ts",
    "!./en.ts",
]);

export const languages: readonly string[] = ["en", ...Object.keys(files).map((path) => path.slice(2, -3))].sort();

const CHOICE = "chappe.language";

const current = signal<Words>(english);
const tag = signal("en");

/** All texts in the language of this person. Components that read `.value` are drawn again when it changes. */
export const words: ReadonlySignal<Words> = current;

/** The language with its region, for dates and numbers: `new Intl.DateTimeFormat(language.value)`. */
export const language: ReadonlySignal<string> = tag;

/** What was chosen before, or else what the browser asks for. */
export async function startWords(): Promise<void> {
    const wishes = [localStorage.getItem(CHOICE) ?? "", ...navigator.languages];
    const found = wishes.map((wish) => wish.split("-", 1)[0] ?? "").find((wish) => languages.includes(wish));
    await load(found ?? "en");
}

/** Speak another language from now on. */
export async function chooseLanguage(chosen: string): Promise<void> {
    localStorage.setItem(CHOICE, chosen);
    await load(chosen);
}

async function load(name: string): Promise<void> {
    const file = files[`./${name}.ts`];
    current.value = file ? (await file()).words : english;
    const spoken = file ? name : "en";
    // As it is spoken where this person is: that decides about 24 hours, and which comes first, the day or the month.
    tag.value = navigator.languages.find((each) => each === spoken || each.startsWith(`${spoken}-`)) ?? spoken;
    document.documentElement.lang = spoken;
    document.documentElement.dir = current.value.language.direction;
}
