import { type MatrixClient, MatrixEvent } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { changeOf } from "./said";

const client = {
    getEventMapper: () => (raw: object) => new MatrixEvent(raw),
    decryptEventIfNeeded: async () => undefined,
} as unknown as MatrixClient;
const of = (content: object, more: object = {}): MatrixEvent =>
    new MatrixEvent({
        type: "m.room.message",
        event_id: "$1",
        room_id: "!a:x",
        sender: "@ann:x",
        origin_server_ts: 5,
        content: content as Record<string, unknown>,
        ...more,
    });
const edit = (sender: string): object => ({
    unsigned: {
        "m.relations": {
            "m.replace": {
                type: "m.room.message",
                event_id: "$2",
                sender,
                origin_server_ts: 9,
                content: {
                    "m.new_content": { body: "after" },
                    "m.relates_to": { rel_type: "m.replace", event_id: "$1" },
                },
            },
        },
    },
});

test("a message is kept with what it says now", async () => {
    const plain = { id: "$1", at: 5, by: "@ann:x", text: "before" };
    expect(await changeOf(client, of({ body: "before" }))).toEqual({ kind: "said", message: plain });
    const after = { ...plain, text: "after", edit: { id: "$2", at: 9 } };
    expect(await changeOf(client, of({ body: "before" }, edit("@ann:x")))).toEqual({ kind: "said", message: after });
    expect(await changeOf(client, of({ body: "before" }, edit("@eve:x")))).toEqual({ kind: "said", message: plain });
});

test("an answer is not found by what it answers, a file is found by its name", async () => {
    const answer = of({
        body: "> <@ben:x> question\n\nanswer",
        "m.relates_to": { "m.in_reply_to": { event_id: "$0" } },
    });
    expect(await changeOf(client, answer)).toMatchObject({ message: { text: "answer" } });
    expect(await changeOf(client, of({ body: "look", filename: "map.png" }))).toMatchObject({
        message: { text: "look\nmap.png" },
    });
});

test("edits and deletions change another message", async () => {
    const edited = of({
        body: "* new",
        "m.new_content": { body: "new" },
        "m.relates_to": { rel_type: "m.replace", event_id: "$0" },
    });
    expect(await changeOf(client, edited)).toEqual({
        kind: "edited",
        of: "$0",
        by: "@ann:x",
        text: "new",
        edit: { id: "$1", at: 5 },
    });
    expect(await changeOf(client, of({ redacts: "$0" }, { type: "m.room.redaction" }))).toEqual({
        kind: "gone",
        id: "$0",
    });
    expect(await changeOf(client, of({}, { type: "m.room.redaction", redacts: "$0" }))).toEqual({
        kind: "gone",
        id: "$0",
    });
});

test.each([
    [of({ ciphertext: "…" }, { type: "m.room.encrypted" }), { kind: "unreadable" }],
    [of({ name: "Hill" }, { type: "m.room.name", state_key: "" }), null],
    [of({ "m.relates_to": { rel_type: "m.replace", event_id: "$0" } }), null],
    [of({ key: "👍" }, { type: "m.reaction" }), null],
])("%# is no message to be found", async (event, change) => {
    expect(await changeOf(client, event)).toEqual(change);
});
