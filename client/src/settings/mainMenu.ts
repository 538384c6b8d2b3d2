import type { MenuPart } from "../app/parts";
import { navigate } from "../app/route";
import { words } from "../words";

export default {
    order: 50,
    entries: () => [{ label: words.value.settings.title, icon: "gear", act: () => navigate({ name: "settings" }) }],
} satisfies MenuPart;
