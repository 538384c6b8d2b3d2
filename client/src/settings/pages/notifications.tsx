import { ClientEvent, type MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toast } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { PushSwitch } from "../../push/PushSwitch";
import { canPush } from "../../push/subscribe";
import { words } from "../../words";
import { Choice, Switch } from "../Choice";
import { Keywords } from "../Keywords";
import { type Level, levelOf, setLevel } from "../level";
import { canShowNotices, makesSound, showsNotices, wantNotices, wantSound } from "../notices";
import type { SettingsPage } from "../registry";

const LEVELS: readonly Level[] = ["all", "mentions", "nothing"];

function Notifications(): JSX.Element {
    const { client } = useMatrix();
    const { settings } = words.value;
    const [level, show] = useState(() => levelOf(client));
    const isChanging = useRef(false); // several rules change one after the other; what is between them is not shown
    const [isRefused, setRefused] = useState(false);
    useEffect(() => {
        const look = (event: MatrixEvent): void => {
            if (event.getType() === "m.push_rules" && !isChanging.current) show(levelOf(client));
        };
        client.on(ClientEvent.AccountData, look);
        return () => void client.off(ClientEvent.AccountData, look);
    }, [client]);
    const choose = async (to: Level): Promise<void> => {
        if (isChanging.current) return;
        isChanging.current = true;
        show(to);
        try {
            await setLevel(client, to);
            toast(settings.saved);
        } catch {
            toast(settings.notSaved, { isWrong: true });
            show(levelOf(client));
        }
        isChanging.current = false;
    };
    return (
        <>
            <Choice
                title={settings.notifyOf}
                options={LEVELS.map((each) => [each, settings.notifyLevels[each]] as const)}
                value={level}
                onChoose={(to) => void choose(to)}
            />
            {canShowNotices && (
                <div class="settings-part">
                    <Switch
                        label={settings.notifyHere}
                        isOn={showsNotices.value}
                        onSwitch={(isOn) => void wantNotices(isOn).then((isAllowed) => setRefused(!isAllowed))}
                    />
                    {isRefused && (
                        <p class="settings-wrong" role="alert">
                            {settings.notifyRefused}
                        </p>
                    )}
                    {showsNotices.value && (
                        <>
                            <Switch label={settings.sound} isOn={makesSound.value} onSwitch={wantSound} />
                            {canPush && <PushSwitch />}
                        </>
                    )}
                </div>
            )}
            <Keywords />
        </>
    );
}

export default {
    name: "notifications",
    order: 50,
    icon: "bell",
    title: () => words.value.settings.notifications,
    Page: Notifications,
} satisfies SettingsPage;
