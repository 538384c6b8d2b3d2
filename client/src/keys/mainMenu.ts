import type { MenuPart } from "../app/parts";
import { navigate } from "../app/route";
import { words } from "../words";
import { openLogOut } from "./LogOut";

export default [
    {
        order: 40,
        entries: () => [
            { label: words.value.keys.title, icon: "key", act: () => navigate({ name: "settings", parts: ["keys"] }) },
        ],
    },
    {
        order: 90,
        entries: () => [
            { label: words.value.session.logOut, icon: "leave", isDangerous: true, act: () => openLogOut() },
        ],
    },
] satisfies readonly MenuPart[];
