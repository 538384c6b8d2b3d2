import type { JSX } from "preact";
import { chooseTextSize, TEXT_SIZES, textSize } from "../../design/textSize";
import { chooseTheme, type Theme, theme } from "../../design/theme";
import { chooseLanguage, language, languages, words } from "../../words";
import { Choice } from "../Choice";
import type { SettingsPage } from "../registry";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

function Appearance(): JSX.Element {
    const { app, settings } = words.value;
    return (
        <>
            <Choice
                title={settings.theme}
                options={THEMES.map((each) => [each, app[each]] as const)}
                value={theme.value}
                onChoose={chooseTheme}
            />
            <Choice
                title={settings.textSize}
                options={TEXT_SIZES.map((each) => [each, settings.textSizes[each]] as const)}
                value={textSize.value}
                onChoose={chooseTextSize}
            />
            <Choice
                title={app.languageTitle}
                options={languages.map((tag) => [tag, nameOf(tag)] as const)}
                value={language.value.split("-", 1)[0] ?? "en"}
                onChoose={(tag) => void chooseLanguage(tag)}
            />
        </>
    );
}

/** A language is called as those who speak it call it. */
function nameOf(tag: string): string {
    const name = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

export default {
    name: "appearance",
    order: 20,
    icon: "sun",
    title: () => words.value.app.appearance,
    Page: Appearance,
} satisfies SettingsPage;
