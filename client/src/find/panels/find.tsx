import type { JSX } from "preact";
import type { Panel } from "../../app/parts";
import { navigate, route } from "../../app/route";
import { Field } from "../../design/Field";
import { words } from "../../words";
import { Messages } from "../Messages";
import { moveInResults } from "../moving";

/** What is looked for in one chat stands in its address, so that it is still there after going to what was found. */
function FindInChat({ roomId }: { roomId: string }): JSX.Element {
    const wish = route.value.query.get("for") ?? "";
    const { find } = words.value;
    const look = (typed: string): void => {
        const query = new URLSearchParams(route.peek().query);
        query.set("for", typed);
        navigate({ ...route.peek(), query }, { replace: true });
    };
    return (
        <div class="find-in-chat" onKeyDown={moveInResults}>
            <div class="find-in-chat-field">
                <Field label={find.words} kind="search" value={wish} onInput={look} autoFocus />
            </div>
            <div class="scrolls">
                <Messages key={roomId} wish={wish} roomId={roomId} />
            </div>
        </div>
    );
}

export default { name: "find", title: () => words.value.find.inChat, Panel: FindInChat } satisfies Panel;
