import type { MenuPart } from "../app/parts";
import { navigate } from "../app/route";
import { ask } from "../design/Dialog";
import { logOut } from "../matrix/open";
import { words } from "../words";

export default {
    order: 90,
    entries: (matrix) => {
        const { session } = words.value;
        const act = async (): Promise<void> => {
            await logOut(matrix);
            navigate({ name: "log-in" }, { replace: true });
        };
        const question = {
            title: session.logOutTitle,
            text: session.logOutWarning,
            yes: session.logOut,
            isDangerous: true,
            act,
        };
        return [{ label: session.logOut, icon: "leave", isDangerous: true, act: () => ask(question) }];
    },
} satisfies MenuPart;
