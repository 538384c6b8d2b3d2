import type { MatrixClient } from "matrix-js-sdk";
import { ask } from "../design/Dialog";
import type { MenuEntry } from "../design/Menu";
import { toast, trying } from "../design/Toasts";
import type { Matrix } from "../matrix/matrix";
import { words } from "../words";
import { setBlocked } from "./blocked";

/** Block somebody, or stop it. */
export function blockEntries(userId: string, name: string, { client }: Matrix): MenuEntry[] {
    const { people } = words.value;
    if (client.isUserIgnored(userId)) {
        return [{ label: people.unblock, icon: "check", act: () => void trying(setBlocked(client, userId, false)) }];
    }
    return [{ label: people.block, icon: "close", isDangerous: true, act: () => askToBlock(client, userId, name) }];
}

/** `then` runs once they are blocked. */
export function askToBlock(client: MatrixClient, userId: string, name: string, then?: () => void): void {
    const { people } = words.value;
    const act = async (): Promise<void> => {
        await setBlocked(client, userId, true);
        toast(people.blocked(name));
        then?.();
    };
    ask({ title: people.blockTitle(name), text: people.blockMore, yes: people.block, isDangerous: true, act });
}
