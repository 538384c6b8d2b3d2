/** The forms of a text that depends on a number; a language uses those that its plural rules name. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** How a language counts: `plural(3, { one: "# chat", other: "# chats" })`, with the number in place of `#`. */
export function pluralsOf(language: string): (count: number, forms: Forms) => string {
    const rules = new Intl.PluralRules(language);
    const numbers = new Intl.NumberFormat(language);
    return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll("#", numbers.format(count));
}
