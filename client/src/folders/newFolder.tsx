import { openDialog } from "../design/dialogs";
import type { Matrix } from "../matrix/matrix";
import { words } from "../words";
import { foldersIn, shownFolder } from "./folders";
import { NameFolder } from "./NameFolder";

/** Make a folder, and show it: it says how chats come into it. */
export function openNewFolder(matrix: Matrix): void {
    const { folders } = words.value;
    const make = async (name: string): Promise<void> => {
        shownFolder.value = await foldersIn(matrix).create(name);
    };
    openDialog((close) => <NameFolder title={folders.newFolder} yes={folders.create} act={make} onClose={close} />);
}
