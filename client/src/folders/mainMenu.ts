import type { MenuPart } from "../app/parts";
import { words } from "../words";
import { openNewFolder } from "./newFolder";

export default {
    order: 15,
    entries: (matrix) => [{ label: words.value.folders.newFolder, icon: "folder", act: () => openNewFolder(matrix) }],
} satisfies MenuPart;
