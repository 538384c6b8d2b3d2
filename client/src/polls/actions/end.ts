import { ask } from "../../design/Dialog";
import { isThere, type MessageAction } from "../../timeline/actions";
import { words } from "../../words";
import { END, endContent, questionOf, resultsOf, START } from "../poll";

export default {
    order: 50,
    icon: "check",
    label: () => words.value.polls.end,
    isFor: (aimed) => {
        const { event, room, isMine } = aimed;
        const poll = room.polls.get(event.getId() ?? "");
        return isThere(aimed) && isMine && START.some((type) => type === event.getType()) && poll?.isEnded === false;
    },
    act: ({ event, room, matrix }) => {
        const { polls } = words.value;
        ask({
            title: polls.endTitle,
            text: polls.endMore,
            yes: polls.end,
            act: async () => {
                const pollId = event.getId() ?? "";
                const question = questionOf(event);
                const responses = (await room.polls.get(pollId)?.getResponses())?.getRelations() ?? [];
                const voters = question
                    ? resultsOf(question, responses, matrix.me).voters
                    : new Map<string, string[]>();
                const most = Math.max(0, ...[...voters.values()].map(({ length }) => length));
                const best = question?.answers.filter(({ id }) => most > 0 && voters.get(id)?.length === most) ?? [];
                const text = polls.result(best.map((each) => each.text).join(", ") || polls.noVotes);
                await matrix.client.sendEvent(room.roomId, null, END as never, endContent(pollId, text) as never);
            },
        });
    },
} satisfies MessageAction;
