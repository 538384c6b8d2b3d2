// Someone at a client made with matrix-js-sdk is told something by the server, and what becomes of a message that is removed
// and restored. Argument: the server's address. Each line that is written is a step that held; a line that is read lets it
// go on.

import { createInterface } from "node:readline";

// The SDK tells the console everything it does; here only the steps are told.
for (const kind of ["trace", "debug", "log", "info", "warn"]) console[kind] = () => {};

// matrix-js-sdk 43 declares Node 22; this is all that it needs beyond Node 20.
Promise.withResolvers ??= function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};

const { Person, check } = await import("./person.mjs");

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const held = async (step) => {
    process.stdout.write(`${step}\n`);
    await lines.next();
};

const ann = await Person.register(process.argv[2], "ann");
const { room_id: roomId } = await ann.client.createRoom({});
const { event_id: eventId } = await ann.client.sendTextMessage(roomId, "gone?");
const shown = () => ann.client.getRoom(roomId)?.findEventById(eventId);
await ann.until("sees the message", () => shown());
await held(`${roomId} ${eventId}`);

const notices = () => ann.client.getRooms().find((room) => room.tags["m.server_notice"]);
const last = () => notices()?.getLiveTimeline().getEvents().at(-1);
await ann.until("is told", () => last()?.getContent().body === "Hello");
check(last().getSender() === "@server:localhost", "the server says it");
check(notices().name === "Notices of localhost", "the room has its name");
check(notices().getType() === "org.chappe.server_notices", "the room has its type");
const refused = await ann.client.leave(notices().roomId).then(
    () => null,
    (error) => error.errcode,
);
check(refused === "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM", "one cannot leave");
await held("told");

await ann.until("sees it removed", () => shown()?.isRedacted());
await held("removed");

// The SDK keeps its copy while it runs, and takes what it is told at its next start.
const reloaded = await Person.logIn(process.argv[2], "ann", "reloaded");
const again = await reloaded.reads(roomId, eventId);
check(!again.isRedacted() && again.getContent().body === "gone?", "the message is there again");
await held("restored");
process.exit(0);
