// Three people, four devices, one encrypted room: what clients like Element do, step by step.
//
// Called with the server's address. Each step that held is one line on standard output; "kill" asks for the server
// to be killed and started again, which a line on standard input says is done.

import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

// The SDK tells the console everything it does; here only the steps are told.
for (const kind of ["trace", "debug", "log", "info", "warn"]) console[kind] = () => {};

// matrix-js-sdk 43 declares Node 22; this is all that it needs beyond Node 20.
Promise.withResolvers ??= function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};

const { Comparison, Person, check, verifyByEmoji } = await import("./person.mjs");
const { Direction, EventType, JoinRule, MsgType, RelationType } = await import("matrix-js-sdk");
const { M_POLL_KIND_DISCLOSED, M_POLL_START } = await import("matrix-js-sdk/lib/@types/polls.js");
const { PollStartEvent } = await import("matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js");
const { PollResponseEvent } = await import("matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent.js");
const { PollEndEvent } = await import("matrix-js-sdk/lib/extensible_events_v1/PollEndEvent.js");

const address = process.argv[2];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const done = (step) => process.stdout.write(`${step}\n`);

async function main() {
    const ann = await Person.register(address, "ann");
    const ben = await Person.register(address, "ben");
    const cleo = await Person.register(address, "cleo");
    done("registered");

    const recovery = await ann.setUpKeys();
    await ben.setUpKeys();
    done("cross-signed");

    const { room_id: roomId } = await ann.client.createRoom({
        preset: "private_chat",
        name: "Semaphore",
        invite: [ben.userId, cleo.userId],
        initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
    });
    await ben.accept(roomId);
    await cleo.accept(roomId);
    for (const person of [ann, ben, cleo]) {
        await person.until("knows the room", () => person.room(roomId)?.getJoinedMembers().length === 3);
        check(await person.crypto.isEncryptionEnabledInRoom(roomId), "the room is encrypted");
    }
    const { event_id: hello } = await ann.client.sendTextMessage(roomId, "The arms are up.");
    for (const person of [ben, cleo]) {
        const event = await person.reads(roomId, hello);
        check(event.getContent().body === "The arms are up.", "the text is what was said");
        check(event.isEncrypted(), "it came encrypted");
    }
    const { event_id: answer } = await ben.client.sendTextMessage(roomId, "Seen.");
    await ann.reads(roomId, answer);
    done("talked encrypted");

    const telephone = await Person.logIn(address, "ann", "telephone");
    await verifyByEmoji(telephone, ann);
    await ann.until("sees the telephone verified", async () => {
        const status = await ann.crypto.getDeviceVerificationStatus(ann.userId, telephone.deviceId);
        return status?.crossSigningVerified;
    });
    await ben.until("sees the telephone verified", async () => {
        const devices = (await ben.crypto.getUserDeviceInfo([ann.userId], true)).get(ann.userId);
        return devices?.get(telephone.deviceId) && devices.size === 2;
    });
    const { event_id: toBoth } = await cleo.client.sendTextMessage(roomId, "To every device.");
    await ann.reads(roomId, toBoth);
    await telephone.reads(roomId, toBoth);
    done("verified by emoji");

    await compareKeys(ann, ben, roomId);
    check((await telephone.crypto.getUserVerificationStatus(ben.userId)).isCrossSigningVerified(), "the telephone trusts Ben, too");
    done("two people compared keys");

    done("kill");
    await lines.next();
    const { event_id: after } = await ben.client.sendTextMessage(roomId, "After the night.");
    for (const person of [ann, telephone, cleo]) await person.reads(roomId, after);
    done("went on after a kill");

    await picture(ann, ben, roomId);
    done("encrypted picture");
    await conversation(ann, ben, cleo, roomId, hello);
    await poll(ann, ben, cleo, roomId);
    done("held a poll");
    await knocking(ben, cleo);
    done("knocked and was let in");

    const found = await cleo.client.searchUserDirectory({ term: "be" });
    check(found.results.some((one) => one.user_id === ben.userId), "Ben is found");
    const members = await ann.client.members(roomId, "join");
    check(members.chunk.some((member) => member.state_key === cleo.userId), "Cleo is among the members");
    done("searched members");

    await backup(ann, recovery, roomId, hello);
    done("restored from the key backup");

    await ann.withPassword((auth) => ann.client.deleteMultipleDevices([telephone.deviceId], auth ?? undefined));
    let refusal;
    await telephone.client.whoami().catch((error) => (refusal = error));
    check(refusal?.errcode === "M_UNKNOWN_TOKEN", "the telephone is logged out");
    await ben.until("sees that the telephone is gone", async () => {
        const devices = (await ben.crypto.getUserDeviceInfo([ann.userId], true)).get(ann.userId);
        return !devices.has(telephone.deviceId);
    });
    done("logged out the other device");
    for (const person of [ann, ben, cleo, telephone]) person.close();
}

/** A picture that the server cannot see: encrypted with AES-CTR, its key in the encrypted event. */
async function picture(from, to, roomId) {
    const bytes = webcrypto.getRandomValues(new Uint8Array(50_000));
    const key = await webcrypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
    const iv = new Uint8Array(16);
    webcrypto.getRandomValues(iv.subarray(0, 8));
    const sealed = await webcrypto.subtle.encrypt({ name: "AES-CTR", counter: iv, length: 64 }, key, bytes);
    const hash = await webcrypto.subtle.digest("SHA-256", sealed);
    const { content_uri: url } = await from.client.uploadContent(Buffer.from(sealed), { type: "application/octet-stream", includeFilename: false });
    const { event_id: sent } = await from.client.sendMessage(roomId, {
        msgtype: MsgType.Image,
        body: "tower.png",
        file: {
            v: "v2", url, key: await webcrypto.subtle.exportKey("jwk", key), iv: Buffer.from(iv).toString("base64"),
            hashes: { sha256: Buffer.from(hash).toString("base64").replace(/=+$/, "") },
        },
    });
    const { file } = (await to.reads(roomId, sent)).getContent();
    const where = to.client.mxcUrlToHttp(file.url, undefined, undefined, undefined, false, true, true);
    const fetched = await fetch(where, { headers: { Authorization: `Bearer ${to.client.getAccessToken()}` } });
    check(fetched.ok, `the picture is there: ${fetched.status}`);
    const opened = await webcrypto.subtle.decrypt(
        { name: "AES-CTR", counter: Buffer.from(file.iv, "base64"), length: 64 },
        await webcrypto.subtle.importKey("jwk", file.key, "AES-CTR", false, ["decrypt"]),
        await fetched.arrayBuffer(),
    );
    check(Buffer.compare(Buffer.from(opened), Buffer.from(bytes)) === 0, "the picture is the one that was sent");
}

/** An edit, a reaction, a thread, receipts. */
async function conversation(ann, ben, cleo, roomId, hello) {
    const { event_id: edit } = await ann.client.sendMessage(roomId, {
        msgtype: MsgType.Text,
        body: "* The arms are down.",
        "m.new_content": { msgtype: MsgType.Text, body: "The arms are down." },
        "m.relates_to": { rel_type: RelationType.Replace, event_id: hello },
    });
    await ben.reads(roomId, edit);
    await ben.until("sees the edit", () => ben.room(roomId).findEventById(hello).getContent().body === "The arms are down.");
    done("edited");

    await ben.client.sendEvent(roomId, EventType.Reaction, {
        "m.relates_to": { rel_type: RelationType.Annotation, event_id: hello, key: "👍" },
    });
    const reactions = () => ann.room(roomId).relations.getChildEventsForEvent(hello, RelationType.Annotation, EventType.Reaction);
    await ann.until("sees the reaction", () => reactions()?.getSortedAnnotationsByKey()?.[0]?.[0] === "👍");
    done("reacted");

    const { event_id: reply } = await cleo.client.sendMessage(roomId, hello, { msgtype: MsgType.Text, body: "In a thread." });
    const thread = () => ann.room(roomId).getThread(hello);
    await ann.until("sees the thread", () => thread()?.length === 1 && thread().replyToEvent?.getId() === reply);
    await ann.until("reads the thread", () => thread().replyToEvent.getContent().body === "In a thread.");
    const listed = await ann.client.createThreadListMessagesRequest(roomId, null, 20, Direction.Backward);
    check(listed.chunk[0].event_id === hello, "the thread is listed");
    check(listed.chunk[0].unsigned["m.relations"]["m.thread"].count === 1, "with its one answer");
    done("answered in a thread");

    const inThread = () => ben.room(roomId).getThread(hello)?.findEventById(reply);
    await ben.until("has the thread", inThread);
    await ben.client.sendReadReceipt(inThread());
    await ann.until("sees the receipt", () => thread().getEventReadUpTo(ben.userId) === reply);
    const { event_id: main } = await cleo.client.sendTextMessage(roomId, "Read this.");
    await ben.client.sendReadReceipt(await ben.reads(roomId, main));
    await ann.until("sees the receipt of the room", () => ann.room(roomId).getEventReadUpTo(ben.userId) === main);
    done("read receipts");
}

/** Two people compare emoji in a room that both are in; each is certain of the other from then on. */
async function compareKeys(asking, asked, roomId) {
    const [question, answer] = [new Comparison(asking), new Comparison(asked)];
    await question.asks(asked.userId, roomId);
    await answer.accepts();
    const [here, there] = await Promise.all([question.emoji({ begins: true }), answer.emoji()]);
    check(JSON.stringify(here) === JSON.stringify(there), "both people see the same emoji");
    await Promise.all([question.same(), answer.same()]);
    for (const [one, other] of [[asking, asked], [asked, asking]]) {
        await one.until(`is certain of ${other.userId}`, async () =>
            (await one.crypto.getUserVerificationStatus(other.userId)).isCrossSigningVerified(),
        );
    }
}

/** A question, an answer, the end: three events that the server only passes on. */
async function poll(ann, ben, cleo, roomId) {
    const question = PollStartEvent.from("Which tower?", ["The old one", "The new one"], M_POLL_KIND_DISCLOSED).serialize();
    const { event_id: asked } = await ann.client.sendEvent(roomId, question.type, question.content);
    const seen = async (person) => (await person.reads(roomId, asked)) && person.room(roomId).polls.get(asked);
    await ben.until("sees the poll", () => seen(ben));
    const [, choice] = M_POLL_START.findIn(question.content).answers;
    const vote = PollResponseEvent.from([choice.id], asked).serialize();
    await ben.client.sendEvent(roomId, vote.type, vote.content);
    await cleo.until("sees the vote", async () => {
        const votes = await (await seen(cleo))?.getResponses();
        return votes?.getRelations().length === 1 && votes.getRelations()[0].getSender() === ben.userId;
    });
    const end = PollEndEvent.from(asked, "The new one").serialize();
    await ann.client.sendEvent(roomId, end.type, end.content);
    await cleo.until("sees the end", async () => (await seen(cleo)).isEnded);
}

/** Somebody asks for admission, and is let in. */
async function knocking(inside, outside) {
    const { room_id: roomId } = await inside.client.createRoom({
        preset: "private_chat",
        name: "Behind a door",
        initial_state: [{ type: EventType.RoomJoinRules, state_key: "", content: { join_rule: JoinRule.Knock } }],
    });
    await outside.client.knockRoom(roomId, { reason: "It is raining." });
    await outside.until("waits at the door", () => outside.room(roomId)?.getMyMembership() === "knock");
    check(outside.room(roomId).name === "Behind a door", "who knocks sees the name of the room");
    const guest = () => inside.room(roomId)?.getMember(outside.userId);
    await inside.until("hears the knock", () => guest()?.membership === "knock");
    check(guest().events.member.getContent().reason === "It is raining.", "with its reason");
    await inside.client.invite(roomId, outside.userId);
    await outside.accept(roomId);
    const { event_id: greeting } = await inside.client.sendTextMessage(roomId, "Come in.");
    await outside.reads(roomId, greeting);
}

/** A fresh device that nobody verifies gets the past from the backup, with the recovery key. */
async function backup(ann, recovery, roomId, hello) {
    await ann.until("has backed up all keys", async () => {
        const info = await ann.client.http.authedRequest("GET", "/room_keys/version", undefined, undefined, { prefix: "/_matrix/client/v3" });
        return info.count >= 3; // what each of three people encrypts with
    });
    const fresh = await Person.logIn(address, "ann", "borrowed");
    const [keyId] = Object.keys(await fresh.client.secretStorage.isStored("m.megolm_backup.v1"));
    fresh.secretStorageKeys.set(keyId, recovery.privateKey);
    await fresh.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    const { imported, total } = await fresh.crypto.restoreKeyBackup();
    check(total >= 3 && imported === total, `all keys are restored: ${imported} of ${total}`);
    await fresh.client.scrollback(fresh.room(roomId), 50);
    const event = await fresh.reads(roomId, hello, { again: true });
    check(event.getOriginalContent().body === "The arms are up.", "the past can be read");
    await fresh.client.logout(true);
}

await main();
done("done");
process.exit(0);
