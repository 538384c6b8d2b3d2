import type { MenuPart } from "../app/parts";
import { chooseTheme, type Theme, theme } from "../design/theme";
import { chooseLanguage, language, languages, words } from "../words";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export default {
    order: 50,
    entries: () => [
        ...THEMES.map((each) => ({
            label: `${words.value.app.appearance}: ${words.value.app[each]}`,
            checked: theme.value === each,
            act: () => chooseTheme(each),
        })),
        ...languages.map((tag) => ({
            label: nameOf(tag),
            checked: language.value.split("-", 1)[0] === tag,
            act: () => void chooseLanguage(tag),
        })),
    ],
} satisfies MenuPart;

/** A language is called as those who speak it call it. */
function nameOf(tag: string): string {
    const name = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
