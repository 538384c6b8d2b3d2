import { MatrixEvent } from "matrix-js-sdk";
import { M_POLL_KIND_DISCLOSED } from "matrix-js-sdk/lib/@types/polls";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent";
import { expect, test } from "vitest";
import { questionOf, responseContent, resultsOf } from "./poll";

const { type, content } = PollStartEvent.from("Where?", ["Lille", "Metz"], M_POLL_KIND_DISCLOSED).serialize();
const start = new MatrixEvent({ type, content });
const question = questionOf(start);

function vote(sender: string, at: number, ...answers: string[]): MatrixEvent {
    const content = responseContent("$p", answers);
    return new MatrixEvent({ type: "x", sender, origin_server_ts: at, content });
}

test("a poll as the SDK writes it", () => {
    expect(question).toMatchObject({ text: "Where?", most: 1, isSecret: false });
    expect(question?.answers.map(({ text }) => text)).toEqual(["Lille", "Metz"]);
});

test("the last vote of each counts, if it is one", () => {
    if (!question) throw new Error("no question");
    const [lille = "", metz = ""] = question.answers.map(({ id }) => id);
    const responses = [
        vote("@a:x", 1, lille),
        vote("@a:x", 3, metz),
        vote("@a:x", 2, lille),
        vote("@b:x", 1, metz, lille),
        vote("@c:x", 1, "nothing"),
        vote("@d:x", 1, lille),
        vote("@d:x", 2),
    ];
    const { voters, count, mine } = resultsOf(question, responses, "@b:x");
    expect(voters.get(metz)).toEqual(["@a:x", "@b:x"]);
    expect(voters.get(lille)).toEqual([]);
    expect([count, mine]).toEqual([2, [metz]]);
});

test.each([
    {},
    { "m.poll": 3 },
    { "m.poll": { question: {}, answers: [] } },
    { "m.poll.start": { question: { body: "x" } } },
])("%j is no poll", (content) => expect(questionOf(new MatrixEvent({ type: "m.poll.start", content }))).toBeNull());

test("one with a thousand answers has twenty, and one of an unknown kind is secret", () => {
    const answers = Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`, body: "x".repeat(1000) }));
    const content = { "m.poll.start": { question: { body: "q" }, answers, kind: 3, max_selections: 1e9 } };
    const made = questionOf(new MatrixEvent({ type: "m.poll.start", content }));
    expect([made?.answers.length, made?.answers[0]?.text.length, made?.isSecret, made?.most]).toEqual([
        20,
        340,
        true,
        20,
    ]);
});
