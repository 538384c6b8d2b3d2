import type { ChatEntries } from "../app/parts";
import { words } from "../words";
import { openChooseFolders } from "./ChooseFolders";

const entries: ChatEntries = (view) => [
    { label: words.value.folders.put, icon: "folder", act: () => openChooseFolders(view.id) },
];

export default entries;
