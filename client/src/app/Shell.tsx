import type { JSX } from "preact";
import { IconButton } from "../design/Button";
import { EmptyState } from "../design/EmptyState";
import { ChatList } from "../rooms/ChatList";
import { words } from "../words";
import { panelNamed, placeNamed } from "./parts";
import { route, showPanel } from "./route";
import "./Shell.css";

/** The list, the conversation, and a third column where one is asked for. A phone shows one of them. */
export function Shell(): JSX.Element {
    const { name, parts, query } = route.value;
    const place = placeNamed(name);
    const panel = place && panelNamed(query.get("panel") ?? "");
    const { app, rooms, common } = words.value;
    return (
        <div class={`shell ${place ? "shell-at-place" : "shell-at-list"} ${panel ? "shell-with-panel" : ""}`}>
            <button type="button" class="shell-skip" onClick={skip}>
                {app.skip}
            </button>
            <nav class="shell-list" aria-label={rooms.chats}>
                <ChatList />
            </nav>
            <main class="shell-place" id="place" tabIndex={-1}>
                {place ? (
                    <place.Place parts={parts} />
                ) : (
                    <EmptyState title={rooms.noneOpen}>{rooms.noneOpenMore}</EmptyState>
                )}
            </main>
            {panel && (
                <aside class="shell-panel" aria-label={panel.title()}>
                    <header class="shell-panel-head">
                        <h2>{panel.title()}</h2>
                        <IconButton icon="close" label={common.close} onClick={() => showPanel(null)} />
                    </header>
                    <div class="shell-panel-body scrolls">
                        <panel.Panel roomId={parts[0] ?? ""} />
                    </div>
                </aside>
            )}
        </div>
    );
}

/** A link would change the fragment, and with it the chat that is open. */
function skip(): void {
    document.getElementById("place")?.focus();
}
