import { ConditionKind, type MatrixClient, PushRuleKind } from "matrix-js-sdk";
import type { ChatEntries } from "../app/parts";
import { trying } from "../design/Toasts";
import { words } from "../words";

/** Mute a chat, or stop it. A rule of the account, so other clients know it, too. */
const entries: ChatEntries = (view, { client }) => {
    const { settings } = words.value;
    const isMuted =
        client.pushRules?.global.override?.some((each) => each.rule_id === view.id && each.enabled) ?? false;
    const act = (): void => void trying(setMuted(client, view.id, !isMuted));
    return [{ label: isMuted ? settings.unmute : settings.mute, icon: "bell", act }];
};

/** A rule above all others that matches everything of the chat and does nothing. */
async function setMuted(client: MatrixClient, roomId: string, isMuted: boolean): Promise<void> {
    const inRoom = { kind: ConditionKind.EventMatch as const, key: "room_id", pattern: roomId };
    if (isMuted) {
        await client.addPushRule("global", PushRuleKind.Override, roomId, { conditions: [inRoom], actions: [] });
    } else {
        await client.deletePushRule("global", PushRuleKind.Override, roomId);
    }
    client.setPushRules(await client.getPushRules());
}

export default entries;
