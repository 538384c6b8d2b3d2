import type { JSX } from "preact";
import { IconButton } from "../design/Button";
import { ask } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Icon } from "../design/Icon";
import { type MenuEntry, openMenu } from "../design/Menu";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import type { Folder } from "./folder";
import { type Folders, foldersIn, shownFolder } from "./folders";
import { NameFolder } from "./NameFolder";
import "./folders.css";

/** One tab for each folder, with what is unread in it. Nothing for who has none. */
export function FolderTabs(): JSX.Element | null {
    const folders = foldersIn(useMatrix());
    const all = folders.all.value;
    const { folders: said } = words.value;
    if (all.length === 0) return null;
    const shown = all.find(({ id }) => id === shownFolder.value);
    return (
        <div class="folder-tabs-row">
            <div class="folder-tabs" role="group" aria-label={said.folders} onWheel={sideways}>
                <button type="button" class="folder-tab" aria-pressed={!shown} onClick={() => show(null)}>
                    {said.allChats}
                </button>
                {all.map((folder) => (
                    <Tab key={folder.id} folder={folder} isShown={folder === shown} folders={folders} />
                ))}
            </div>
            {shown && !shown.isSpace && (
                <IconButton
                    icon="more"
                    label={said.whatWith(shown.name)}
                    hasMenu
                    size={18}
                    onClick={(event) => openMenu(event, menuOf(shown, folders))}
                />
            )}
        </div>
    );
}

function Tab(props: { folder: Folder; isShown: boolean; folders: Folders }): JSX.Element {
    const { folder, isShown, folders } = props;
    const { rooms } = words.value;
    return (
        <button
            type="button"
            class="folder-tab"
            aria-pressed={isShown}
            onClick={(event) => {
                show(folder.id);
                event.currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });
            }}
            onContextMenu={(event) => {
                if (!folder.isSpace) openMenu(event, menuOf(folder, folders));
            }}
        >
            <Icon name={folder.isSpace ? "people" : "folder"} size={16} />
            <bdi class="one-line">{folder.name}</bdi>
            {folder.unread > 0 && (
                <span class={folder.mentions > 0 ? "folder-count folder-count-mention" : "folder-count"}>
                    <span aria-hidden="true">{folder.unread > 999 ? "999+" : folder.unread}</span>
                    <span class="unseen">{rooms.unread(folder.unread)}</span>
                </span>
            )}
        </button>
    );
}

function show(id: string | null): void {
    shownFolder.value = id;
}

function menuOf(folder: Folder, folders: Folders): MenuEntry[] {
    const { folders: said } = words.value;
    return [
        {
            label: said.rename,
            icon: "edit",
            act: () =>
                void openDialog((close) => (
                    <NameFolder
                        title={said.renameTitle(folder.name)}
                        before={folder.name}
                        yes={said.rename}
                        act={(name) => folders.rename(folder.id, name)}
                        onClose={close}
                    />
                )),
        },
        {
            label: said.remove,
            icon: "trash",
            isDangerous: true,
            act: () =>
                ask({
                    title: said.removeTitle(folder.name),
                    text: said.removeMore,
                    yes: said.remove,
                    isDangerous: true,
                    act: () => folders.remove(folder.id),
                }),
        },
    ];
}

/** A wheel goes up and down only. */
function sideways(event: WheelEvent): void {
    if (event.currentTarget instanceof HTMLElement && event.deltaX === 0)
        event.currentTarget.scrollLeft += event.deltaY;
}
