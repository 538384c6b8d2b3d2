import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Place } from "../app/parts";
import { addressOf, navigate } from "../app/route";
import { IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { setTitle } from "../design/pageTitle";
import { words } from "../words";
import { settingsPages } from "./registry";
import "./place.css";

/** `#/settings[/page]`: the list of pages, and one of them beside it. A phone shows one or the other. */
function Settings({ parts: [name] }: { parts: string[] }): JSX.Element {
    const { settings, common } = words.value;
    const chosen = settingsPages.find((page) => page.name === name);
    const shown = chosen ?? settingsPages[0];
    useEffect(() => {
        setTitle(`${settings.title} · ${common.appName}`);
    }, [settings, common]);
    const back = (): void => navigate(chosen ? { name: "settings" } : { name: "chats" });
    return (
        <div class={chosen ? "settings settings-at-page" : "settings"}>
            <header class="settings-head">
                <IconButton icon="back" label={common.back} class="only-on-phones icon-turns" onClick={back} />
                <h2>{settings.title}</h2>
            </header>
            <nav class="settings-list scrolls" aria-label={settings.title}>
                {settingsPages.map((page) => (
                    <a
                        key={page.name}
                        class="settings-link"
                        href={addressOf({ name: "settings", parts: [page.name] })}
                        aria-current={page === shown ? "page" : undefined}
                    >
                        <Icon name={page.icon} />
                        <span>{page.title()}</span>
                    </a>
                ))}
            </nav>
            <div class="settings-page scrolls">
                {shown && (
                    <section class="settings-column" key={shown.name} aria-label={shown.title()}>
                        <h3>{shown.title()}</h3>
                        <shown.Page />
                    </section>
                )}
            </div>
        </div>
    );
}

export default { name: "settings", Place: Settings } satisfies Place;
