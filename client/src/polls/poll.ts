import type { MatrixEvent } from "matrix-js-sdk";

/** A question with answers to choose from, as Element writes it (MSC3381). */
export interface Question {
    text: string;
    answers: { id: string; text: string }[];
    most: number;
    /** Results are shown only at the end. */
    isSecret: boolean;
}

export const START = ["m.poll.start", "org.matrix.msc3381.poll.start"] as const;
export const RESPONSE = "org.matrix.msc3381.poll.response";
export const END = "org.matrix.msc3381.poll.end";

/** The specification's own limit (MSC3381: more are cut off). */
const MOST_ANSWERS = 20;
const MOST_CHARS = 340;

type Content = Record<string, unknown>;

/** The question of a poll; null for what is none. */
export function questionOf(event: MatrixEvent): Question | null {
    const content = event.getContent() as Content;
    const start = objectIn(content, "m.poll") ?? objectIn(content, START[1]) ?? objectIn(content, START[0]);
    const text = textOf(objectIn(start, "question"));
    const given = start?.["answers"];
    if (!text || !Array.isArray(given)) return null;
    const answers = given.slice(0, MOST_ANSWERS).flatMap((each: unknown) => {
        const answer = typeof each === "object" && each !== null ? (each as Content) : {};
        const id = answer["id"] ?? answer["m.id"];
        const said = textOf(answer);
        return typeof id === "string" && said ? [{ id, text: said }] : [];
    });
    if (answers.length === 0) return null;
    const most = start?.["max_selections"];
    const kind = start?.["kind"];
    return {
        text,
        answers,
        most: typeof most === "number" && most >= 1 ? Math.min(Math.floor(most), answers.length) : 1,
        isSecret: kind !== "org.matrix.msc3381.poll.disclosed" && kind !== "m.poll.disclosed" && kind !== "m.disclosed",
    };
}

function objectIn(parent: Content | null, name: string): Content | null {
    const value = parent?.[name];
    return typeof value === "object" && value !== null ? (value as Content) : null;
}

function textOf(part: Content | null): string {
    const stable: unknown = part?.["m.text"];
    const first: unknown = Array.isArray(stable) ? (stable[0] as Content | undefined)?.["body"] : stable;
    const said = part?.["org.matrix.msc1767.text"] ?? first ?? part?.["body"];
    return typeof said === "string" ? said.slice(0, MOST_CHARS) : "";
}

export interface Results {
    /** Who chose an answer, by its ID. */
    voters: Map<string, string[]>;
    /** How many people have voted. */
    count: number;
    mine: string[];
}

/** What was voted: of each person the last vote, if it is a valid one; without any valid answer it takes the vote back. */
export function resultsOf({ answers, most }: Question, responses: readonly MatrixEvent[], me: string): Results {
    const last = new Map<string, MatrixEvent>();
    for (const response of responses) {
        const sender = response.getSender();
        if (!sender || response.isRedacted()) continue;
        const before = last.get(sender);
        if (!before || response.getTs() >= before.getTs()) last.set(sender, response);
    }
    const voters = new Map<string, string[]>(answers.map(({ id }) => [id, []]));
    let count = 0;
    let mine: string[] = [];
    for (const [sender, response] of last) {
        const chosen = chosenIn(response)
            .filter((id) => voters.has(id))
            .slice(0, most);
        if (chosen.length > 0) count++;
        for (const id of chosen) voters.get(id)?.push(sender);
        if (sender === me) mine = chosen;
    }
    return { voters, count, mine };
}

function chosenIn(response: MatrixEvent): string[] {
    const content = response.getContent() as Content;
    const part = objectIn(content, RESPONSE) ?? objectIn(content, "m.poll.response");
    const said: unknown = part?.["answers"] ?? content["m.selections"];
    return Array.isArray(said) ? [...new Set(said.filter((each): each is string => typeof each === "string"))] : [];
}

export function responseContent(pollId: string, answers: readonly string[]): Content {
    return { [RESPONSE]: { answers }, "m.relates_to": { rel_type: "m.reference", event_id: pollId } };
}

export function endContent(pollId: string, text: string): Content {
    return {
        [END]: {},
        "org.matrix.msc1767.text": text,
        "m.relates_to": { rel_type: "m.reference", event_id: pollId },
    };
}
