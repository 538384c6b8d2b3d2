import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Avatar } from "../../design/Avatar";
import { Button } from "../../design/Button";
import { toast, trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { hidesTyping, hideTyping, keepPrivately, readsPrivately } from "../../matrix/privacy";
import { setBlocked, useBlocked } from "../../people/blocked";
import { type InvitedBy, setInvitedBy, useInvitedBy } from "../../people/invitedBy";
import { words } from "../../words";
import { Choice, Switch } from "../Choice";
import { LinkPreviews } from "../LinkPreviews";
import type { SettingsPage } from "../registry";

const INVITED_BY: readonly InvitedBy[] = ["all", "known", "nobody"];

function Privacy(): JSX.Element {
    const { client } = useMatrix();
    const { settings, people, invites } = words.value;
    const blocked = useBlocked();
    const invitedBy = useInvitedBy();
    const [chosen, setChosen] = useState<InvitedBy | null>(null); // until the server has it
    const choose = async (to: InvitedBy): Promise<void> => {
        setChosen(to);
        try {
            await setInvitedBy(client, to);
            toast(settings.saved);
        } catch (error) {
            console.error(error);
            toast(settings.notSaved, { isWrong: true });
        }
        setChosen(null);
    };
    return (
        <>
            <div class="settings-part">
                <Choice
                    title={invites.title}
                    options={INVITED_BY.map((each) => [each, invites.choices[each]] as const)}
                    value={chosen ?? invitedBy}
                    onChoose={(to) => void choose(to)}
                />
                <p class="settings-soft">{invites.more}</p>
            </div>
            <div class="settings-part">
                <Switch
                    label={settings.receipts}
                    isOn={!readsPrivately.value}
                    onSwitch={(isOn) => keepPrivately(!isOn)}
                />
                <Switch label={settings.typing} isOn={!hidesTyping.value} onSwitch={(isOn) => hideTyping(!isOn)} />
                <p class="settings-soft">{settings.onThisDevice}</p>
            </div>
            <LinkPreviews />
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
