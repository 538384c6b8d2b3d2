import { expect, test } from "vitest";
import { addressOf, chatAddress, parseRoute } from "./route";

test.each([
    ["", "chats", []],
    ["#/", "chats", []],
    ["#/chat/!a%2Fb:tower.test/%24event", "chat", ["!a/b:tower.test", "$event"]],
    ["#/settings/devices", "settings", ["devices"]],
    ["#/chat/%E0%A4%A", "chat", ["%E0%A4%A"]],
])("%s", (fragment, name, parts) => {
    expect(parseRoute(fragment)).toMatchObject({ name, parts });
});

test("an address leads back to where it was made", () => {
    const route = parseRoute(chatAddress("!room/with?signs#:tower.test", "$event"));
    expect(route.parts).toEqual(["!room/with?signs#:tower.test", "$event"]);
    const target = { name: "chat", parts: ["!a"], query: { panel: "details" } };
    expect(parseRoute(addressOf(target)).query.get("panel")).toBe("details");
    expect(addressOf({ name: "chats" })).toBe("#/");
});
