import type { MatrixEvent, Room } from "matrix-js-sdk";
import { PollEvent } from "matrix-js-sdk/lib/models/poll";
import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { Icon } from "../../design/Icon";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { Tile, TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { type Question, questionOf, RESPONSE, type Results, responseContent, resultsOf, START } from "../poll";
import "./poll.css";

const VOTERS_SHOWN = 30;

function Poll({ event, room }: TileProps): JSX.Element {
    const question = questionOf(event);
    if (!question) return <em>{words.value.polls.broken}</em>;
    return <Vote event={event} room={room} question={question} />;
}

function Vote({ event, room, question }: { event: MatrixEvent; room: Room; question: Question }): JSX.Element {
    const { client, me } = useMatrix();
    const { polls } = words.value;
    const name = useId();
    const { results, isEnded, isKnown } = useResults(event, room, question, me);
    const [chosen, setChosen] = useState<readonly string[] | null>(null);
    useEffect(() => setChosen(null), [results.mine.join(" ")]); // what the server has counts
    const mine = chosen ?? results.mine;
    const showsResults = isEnded || (!question.isSecret && mine.length > 0);
    const isOpen = !isEnded && !event.status && room.maySendMessage();
    const choose = (id: string): void => {
        const isOne = question.most === 1;
        const answers = isOne
            ? [id]
            : mine.includes(id)
              ? mine.filter((each) => each !== id)
              : [...mine, id].slice(-question.most);
        setChosen(answers);
        const sending = client.sendEvent(
            room.roomId,
            null,
            RESPONSE as never,
            responseContent(event.getId() ?? "", answers) as never,
        );
        void trying(sending).then((sent) => sent ?? setChosen(null));
    };
    return (
        <fieldset class="poll" disabled={!isOpen}>
            <legend dir="auto">
                <Icon name="poll" size={18} /> {question.text}
            </legend>
            {question.answers.map(({ id, text }) => {
                const voters = results.voters.get(id) ?? [];
                const names = voters.slice(0, VOTERS_SHOWN).map((userId) => room.getMember(userId)?.name ?? userId);
                const part = results.count > 0 ? voters.length / results.count : 0;
                return (
                    <label
                        key={id}
                        class="poll-answer"
                        title={showsResults ? words.value.common.list(names) : undefined}
                    >
                        <input
                            type={question.most === 1 ? "radio" : "checkbox"}
                            name={name}
                            checked={mine.includes(id)}
                            onChange={() => choose(id)}
                        />
                        <span class="poll-text" dir="auto">
                            {text}
                        </span>
                        {showsResults && <span class="poll-count">{polls.votes(voters.length)}</span>}
                        {showsResults && <span class="poll-bar" style={{ "--done": `${part}` }} />}
                    </label>
                );
            })}
            <p class="poll-below">
                {isEnded ? polls.ended : question.isSecret ? polls.secret : polls.openNow}
                {isKnown && (!question.isSecret || isEnded) && ` · ${polls.people(results.count)}`}
                {question.most > 1 && !isEnded && ` · ${polls.upTo(question.most)}`}
            </p>
        </fieldset>
    );
}

interface Known {
    results: Results;
    isEnded: boolean;
    isKnown: boolean;
}

/** The votes as they are now. The SDK gathers and decrypts them, and leaves out those after the end. */
function useResults(event: MatrixEvent, room: Room, question: Question, me: string): Known {
    const [, draw] = useState(0);
    const [responses, setResponses] = useState<readonly MatrixEvent[] | null>(null);
    const poll = room.polls.get(event.getId() ?? "");
    useEffect(() => {
        if (!poll) return;
        const look = (found: { getRelations: () => MatrixEvent[] }): void => setResponses([...found.getRelations()]);
        const redraw = (): void => draw((count) => count + 1);
        poll.getResponses().then(look, redraw);
        poll.on(PollEvent.Responses, look);
        poll.on(PollEvent.End, redraw);
        return () => {
            poll.off(PollEvent.Responses, look);
            poll.off(PollEvent.End, redraw);
        };
    }, [poll]);
    return {
        results: resultsOf(question, responses ?? [], me),
        isEnded: poll?.isEnded ?? false,
        isKnown: responses !== null,
    };
}

function preview(event: MatrixEvent): string {
    return words.value.polls.preview(questionOf(event)?.text ?? "");
}

export default START.map((type) => ({ type, shape: "bubble" as const, Tile: Poll, preview })) satisfies readonly Tile[];
