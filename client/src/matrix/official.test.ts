import { type MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { isOfficial, isOfficialRoom, setServerOf } from "./official";

const client = { getUserId: () => "@ann:tower.test", supportsThreads: () => false } as unknown as MatrixClient;

function roomBy(sender: string, content: object): Room {
    const room = new Room("!r:tower.test", client, "@ann:tower.test");
    const create = { type: "m.room.create", state_key: "", sender, content, room_id: room.roomId, event_id: "$c" };
    room.currentState.setStateEvents([new MatrixEvent(create)]);
    return room;
}

test("the server is known by its name and its room by who made it, whatever others write into theirs", () => {
    const marked = { type: "org.chappe.server_notices" };
    expect(isOfficialRoom(roomBy("@server:tower.test", marked))).toBe(false); // nobody is logged in
    setServerOf("@ann:tower.test");
    expect(isOfficialRoom(roomBy("@server:tower.test", marked))).toBe(true);
    expect(isOfficialRoom(roomBy("@server:evil.test", marked))).toBe(false);
    expect(isOfficialRoom(roomBy("@eve:tower.test", marked))).toBe(false);
    expect(isOfficial(new MatrixEvent({ sender: "@server:tower.test" }))).toBe(true);
    expect(isOfficial(new MatrixEvent({ sender: "@server:evil.test" }))).toBe(false);
});
