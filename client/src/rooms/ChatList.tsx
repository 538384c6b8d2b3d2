import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { allBanners, mainMenu } from "../app/parts";
import { navigate, route } from "../app/route";
import { Button, IconButton } from "../design/Button";
import { openDialog } from "../design/dialogs";
import { EmptyState } from "../design/EmptyState";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { openMenu } from "../design/Menu";
import { VirtualList } from "../design/VirtualList";
import { moveInResults } from "../find/moving";
import { FolderTabs } from "../folders/FolderTabs";
import { foldersIn, shownFolder } from "../folders/folders";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { enterRows } from "./arrowKeys";
import { ChatRow, ROW_HEIGHT } from "./ChatRow";
import { ConnectionBanner } from "./ConnectionBanner";
import { Found } from "./Found";
import { FILTERS, type Filter, isIn, isMeant } from "./filter";
import { NewChat } from "./NewChat";
import "./ChatList.css";

const showsArchive = signal(false);
const filter = signal<Filter>("all");
/** What is looked for; null when nobody searches. */
const wish = signal<string | null>(null);

export const newChat = (): void => void openDialog((close) => <NewChat onClose={close} />);

/** All chats of this person in one list; the archived ones in another behind it. */
export function ChatList(): JSX.Element {
    const matrix = useMatrix();
    const { rooms, app, common, folders, search } = words.value;
    const all = matrix.rooms.chats.value;
    const archived = all.filter((view) => view.isArchived).length;
    const isArchive = showsArchive.value && archived > 0;
    const folder = isArchive ? undefined : foldersIn(matrix).all.value.find(({ id }) => id === shownFolder.value);
    const shown = all.filter(
        (view) =>
            view.isArchived === isArchive &&
            (isArchive || isIn(filter.value, view)) &&
            (folder?.chats.has(view.id) ?? true),
    );
    const looksFor = wish.value?.trim() ?? "";
    const open = route.value.name === "chat" ? route.value.parts[0] : undefined;
    return (
        <div class="chat-list" onKeyDown={looksFor ? moveInResults : undefined}>
            <header class="chat-list-head">
                {isArchive ? (
                    <IconButton
                        icon="back"
                        label={common.back}
                        class="icon-turns"
                        onClick={() => (showsArchive.value = false)}
                    />
                ) : (
                    <IconButton
                        icon="menu"
                        label={app.menu}
                        hasMenu
                        onClick={(event) => openMenu(event, mainMenu(matrix))}
                    />
                )}
                <h1>{isArchive ? rooms.archive : rooms.chats}</h1>
                <IconButton
                    icon="search"
                    label={search.search}
                    expanded={wish.value !== null}
                    onClick={() => (wish.value = wish.value === null ? "" : null)}
                />
                <IconButton icon="plus" label={rooms.newChat} onClick={newChat} />
            </header>
            <div class="chat-list-banners">
                <ConnectionBanner />
                {allBanners.map((Banner, i) => (
                    <Banner key={i} />
                ))}
                {wish.value !== null ? <SearchField value={wish.value} /> : all.length > 0 && !isArchive && <Filters />}
                {wish.value === null && !isArchive && <FolderTabs />}
            </div>
            {looksFor ? (
                <Found wish={looksFor} chats={all.filter((view) => isMeant(looksFor, view))} />
            ) : shown.length === 0 && filter.value !== "all" ? (
                <EmptyState title={search.noneSuch}>
                    <Button onClick={() => (filter.value = "all")}>{search.showAll}</Button>
                </EmptyState>
            ) : shown.length === 0 && folder ? (
                <EmptyState title={folders.empty}>{folder.isSpace ? null : folders.emptyMore}</EmptyState>
            ) : shown.length === 0 ? (
                <EmptyState title={rooms.noChats}>
                    {rooms.noChatsMore}
                    <Button kind="main" icon="plus" onClick={newChat}>
                        {rooms.newChat}
                    </Button>
                </EmptyState>
            ) : (
                <VirtualList
                    items={shown}
                    rowHeight={ROW_HEIGHT}
                    keyOf={(view) => view.id}
                    label={rooms.chats}
                    reveal={open}
                    draw={(view) => <ChatRow view={view} isOpen={view.id === open} />}
                />
            )}
            {archived > 0 && !isArchive && !looksFor && (
                <button type="button" class="chat-list-archive" onClick={() => (showsArchive.value = true)}>
                    <Icon name="archive" />
                    {rooms.archived(archived)}
                </button>
            )}
        </div>
    );
}

function SearchField({ value }: { value: string }): JSX.Element {
    return (
        <div
            class="chat-list-search"
            onKeyDown={(event) => {
                if (event.key === "Escape") wish.value = null;
                if (event.key === "ArrowDown") enterRows(event);
            }}
        >
            <Field
                label={words.value.search.search}
                value={value}
                onInput={(typed) => (wish.value = typed)}
                kind="search"
                hint={words.value.search.hint}
                autoFocus
            />
        </div>
    );
}

function Filters(): JSX.Element {
    const { search } = words.value;
    return (
        <div class="chat-list-filters" role="group" aria-label={search.filters}>
            {FILTERS.map((each) => (
                <button
                    key={each}
                    type="button"
                    class="chat-list-filter"
                    aria-pressed={filter.value === each}
                    onClick={() => (filter.value = each)}
                >
                    {search[each]}
                </button>
            ))}
        </div>
    );
}

/** Where the list is asked for by itself, as after leaving a chat. */
export function toList(): void {
    navigate({ name: "chats" });
}
