import type { JSX } from "preact";
import type { ComposePart, ComposePartProps } from "../../compose/parts";
import { IconButton } from "../../design/Button";
import { words } from "../../words";
import { openNewPoll } from "../NewPoll";

/** On a phone there is no room for it here: it is in the menu of the chat, too. */
function AskPoll({ room, view, threadId }: ComposePartProps): JSX.Element | null {
    if (view.partner !== null) return null;
    return (
        <IconButton
            icon="poll"
            class="poll-ask"
            label={words.value.polls.title}
            onClick={() => openNewPoll(room, threadId)}
        />
    );
}

export default { order: 20, side: "start", Part: AskPoll } satisfies ComposePart;
