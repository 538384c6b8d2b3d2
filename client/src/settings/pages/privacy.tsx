import type { JSX } from "preact";
import { Avatar } from "../../design/Avatar";
import { Button } from "../../design/Button";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { hidesTyping, hideTyping, keepPrivately, readsPrivately } from "../../matrix/privacy";
import { setBlocked, useBlocked } from "../../people/blocked";
import { words } from "../../words";
import { Switch } from "../Choice";
import type { SettingsPage } from "../registry";

function Privacy(): JSX.Element {
    const { client } = useMatrix();
    const { settings, people } = words.value;
    const blocked = useBlocked();
    return (
        <>
            <div class="settings-part">
                <Switch
                    label={settings.receipts}
                    isOn={!readsPrivately.value}
                    onSwitch={(isOn) => keepPrivately(!isOn)}
                />
                <Switch label={settings.typing} isOn={!hidesTyping.value} onSwitch={(isOn) => hideTyping(!isOn)} />
                <p class="settings-soft">{settings.onThisDevice}</p>
            </div>
            <div class="settings-part">
                <h4>{settings.blockedPeople}</h4>
                {blocked.length === 0 && <p class="settings-soft">{settings.nobodyBlocked}</p>}
                <ul class="settings-people">
                    {blocked.map((userId) => (
                        <li key={userId} class="settings-person">
                            <Avatar name={userId} id={userId} size={40} />
                            <bdi>{userId}</bdi>
                            <Button onClick={() => void trying(setBlocked(client, userId, false))}>
                                {people.unblock}
                                <span class="unseen"> {userId}</span>
                            </Button>
                        </li>
                    ))}
                </ul>
            </div>
        </>
    );
}

export default {
    name: "privacy",
    order: 40,
    icon: "eye",
    title: () => words.value.settings.privacy,
    Page: Privacy,
} satisfies SettingsPage;
