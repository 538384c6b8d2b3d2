import type { ChatEntries } from "../app/parts";
import { ask } from "../design/Dialog";
import { toast, trying } from "../design/Toasts";
import { words } from "../words";
import { setBlocked } from "./blocked";

/** Block the other person of a direct chat, or stop it. */
const entries: ChatEntries = (view, { client }) => {
    const { people } = words.value;
    const { partner, name } = view;
    if (!partner) return [];
    if (client.isUserIgnored(partner)) {
        return [{ label: people.unblock, icon: "check", act: () => void trying(setBlocked(client, partner, false)) }];
    }
    const block = async (): Promise<void> => {
        await setBlocked(client, partner, true);
        toast(people.blocked(name));
    };
    const question = {
        title: people.blockTitle(name),
        text: people.blockMore,
        yes: people.block,
        isDangerous: true,
        act: block,
    };
    return [{ label: people.block, icon: "close", isDangerous: true, act: () => ask(question) }];
};

export default entries;
