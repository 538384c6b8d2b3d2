import type { Room } from "matrix-js-sdk";
import { M_POLL_KIND_DISCLOSED, M_POLL_KIND_UNDISCLOSED } from "matrix-js-sdk/lib/@types/polls";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, IconButton } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import "./tiles/poll.css";

const MOST_ANSWERS = 20;

/** Ask a room something. */
export function openNewPoll(room: Room, threadId: string | null): void {
    openDialog((close) => <NewPoll room={room} threadId={threadId} onClose={close} />);
}

function NewPoll(props: { room: Room; threadId: string | null; onClose: () => void }): JSX.Element {
    const { room, threadId, onClose } = props;
    const { client } = useMatrix();
    const { polls, common } = words.value;
    const [question, setQuestion] = useState("");
    const [answers, setAnswers] = useState(["", ""]);
    const [isSecret, setSecret] = useState(false);
    const [takesMany, setMany] = useState(false);
    const given = answers.map((each) => each.trim()).filter(Boolean);
    const isReady = question.trim() !== "" && given.length >= 2;
    const ask = (): void => {
        const kind = isSecret ? M_POLL_KIND_UNDISCLOSED : M_POLL_KIND_DISCLOSED;
        const start = PollStartEvent.from(question.trim(), given, kind, takesMany ? given.length : 1).serialize();
        onClose();
        client
            .sendEvent(room.roomId, threadId, start.type as never, start.content as never)
            .catch((error: unknown) => console.warn("Not sent", error)); // the room shows it, and why
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" disabled={!isReady} onClick={ask}>
                {polls.ask}
            </Button>
        </>
    );
    return (
        <Dialog title={polls.title} onClose={onClose} actions={actions} wide>
            <div class="new-poll">
                <Field label={polls.question} kind="words" value={question} onInput={setQuestion} autoFocus />
                {answers.map((answer, i) => (
                    <div key={i} class="new-poll-row">
                        <Field
                            label={polls.answer(i + 1)}
                            kind="words"
                            value={answer}
                            onInput={(value) => setAnswers(answers.map((each, j) => (i === j ? value : each)))}
                        />
                        {answers.length > 2 && (
                            <IconButton
                                icon="close"
                                label={polls.leaveOut(i + 1)}
                                onClick={() => setAnswers(answers.filter((_, j) => i !== j))}
                            />
                        )}
                    </div>
                ))}
                {answers.length < MOST_ANSWERS && (
                    <Button icon="plus" onClick={() => setAnswers([...answers, ""])}>
                        {polls.more}
                    </Button>
                )}
                <label class="new-poll-choice">
                    <input type="checkbox" checked={takesMany} onChange={() => setMany(!takesMany)} />
                    {polls.many}
                </label>
                <label class="new-poll-choice">
                    <input type="checkbox" checked={isSecret} onChange={() => setSecret(!isSecret)} />
                    {polls.makeSecret}
                </label>
            </div>
        </Dialog>
    );
}
