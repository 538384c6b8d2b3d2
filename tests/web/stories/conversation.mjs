// What people do in a conversation beside talking: react, answer, change, mention, pin, ask, forward, go offline, delete.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

/** Choose something to do with a message. */
async function act(person, text, label) {
    await person.message(text).first().focus();
    await person.page.keyboard.press("Enter");
    await person.page.getByRole("menuitem", { name: label, exact: true }).click();
}

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await Promise.all([ann.signUp(), ben.signUp()]);
    await ann.beginChatWith(ben);
    await ben.chat("Ann").click();
    await ben.button("Accept").click();
    await ben.field().waitFor();
    await ann.say("Shall we meet on the hill?");
    await ben.message("Shall we meet").waitFor();
    told("began a chat");

    await act(ben, "Shall we meet", "React");
    await ben.page.getByRole("searchbox", { name: "Search" }).fill("hooray");
    await ben.page.getByRole("button", { name: "🙌" }).click();
    await ann.page.getByRole("button", { name: "🙌 1 Ben" }).click();
    await ben.page.getByRole("button", { name: /^🙌 .*Ann/ }).waitFor();
    await ann.page.getByRole("button", { name: /^🙌/, pressed: true }).click();
    await ben.page.getByRole("button", { name: "🙌 1 Ben", exact: true }).waitFor();
    told("reacted, and took it back");

    await act(ben, "Shall we meet", "Reply");
    await ben.say("At noon", "At noon");
    await ann.message("At noon").getByRole("link", { name: /^In reply to Ann/ }).click();
    await ann.page.locator(".event-target").waitFor();
    await act(ben, "At noon", "Edit");
    await ben.page.waitForFunction(() => document.querySelector(".composer textarea").value === "At noon");
    await ben.field().fill("At one");
    await ben.field().press("Enter");
    await ann.message("At one").getByText("edited").waitFor();
    await act(ann, "At one", "Earlier versions");
    await ann.page.getByRole("dialog").getByText("At noon").waitFor();
    await ann.page.keyboard.press("Escape");
    told("answered, and changed the answer");

    await ann.field().pressSequentially("Ask @be");
    await ann.page.getByRole("option", { name: /Ben/ }).waitFor();
    await ann.page.keyboard.press("Enter");
    await ann.field().pressSequentially("for the map :ma");
    await ann.page.keyboard.press("Escape");
    await ann.page.keyboard.press("Enter");
    await ben.message("for the map").locator(".mention").getByText("@Ben").waitFor();
    await ben.page.locator(".event-for-me").waitFor();
    told("mentioned somebody");

    await act(ann, "Shall we meet", "Pin for everybody");
    await ben.page.getByRole("button", { name: /^Pinned message/ }).getByText("Shall we meet").waitFor();
    told("pinned a message");

    await act(ann, "Shall we meet", "Answer in a thread");
    const thread = (person) => person.page.getByRole("complementary", { name: "Thread" });
    await thread(ann).getByRole("textbox").fill("Which hill?");
    await thread(ann).getByRole("textbox").press("Enter");
    await thread(ann).getByRole("article").filter({ hasText: "Which hill?" }).last().waitFor();
    await ben.page.getByRole("button", { name: /1 answer/ }).click();
    await thread(ben).getByRole("article").filter({ hasText: "Which hill?" }).last().waitFor();
    await thread(ben).getByRole("textbox").fill("The one with the tower");
    await thread(ben).getByRole("textbox").press("Enter");
    await thread(ann).getByRole("article").filter({ hasText: "with the tower" }).last().waitFor();
    check((await ann.page.locator(".chat .event-bubble").filter({ hasText: "with the tower" }).count()) === 0, "it is not in the room itself");
    await ben.picture("thread");
    await ben.accessible("a thread");
    await ben.page.getByRole("complementary").getByRole("button", { name: "Close", exact: true }).click();
    await ann.page.getByRole("complementary").getByRole("button", { name: "Close", exact: true }).click();
    told("talked in a thread");

    await ann.button("More").click();
    await ann.page.getByRole("menuitem", { name: "Ask a question" }).click();
    await ann.page.getByRole("textbox", { name: "Question" }).fill("Who brings the lamp?");
    await ann.page.getByLabel("Answer 1").fill("Ann");
    await ann.page.getByLabel("Answer 2").fill("Ben");
    await ann.button("Ask").click();
    await ben.page.getByRole("radio", { name: /^Ben/ }).check();
    await ben.page.getByText("1 person has voted").waitFor();
    await ann.page.getByText("1 person has voted").waitFor();
    await act(ann, "Who brings", "End the poll");
    await ann.page.getByRole("dialog").getByRole("button", { name: "End the poll" }).click();
    await ben.page.getByText("The poll has ended").waitFor();
    await ben.picture("conversation");
    told("asked all, and ended it");

    await act(ann, "At one", "Forward");
    await ann.page.getByRole("dialog").getByRole("button", { name: /^Ben/ }).click();
    await ben.message("Forwarded, from Ben").waitFor();
    told("forwarded a message");

    await ann.context.setOffline(true);
    await ann.say("First in the dark");
    await ann.message("First in the dark").getByText("Send again").waitFor();
    await ann.say("Second in the dark");
    await ann.say("Third in the dark");
    await ann.message("Third in the dark").getByRole("button", { name: "Do not send" }).click();
    await ann.message("Third in the dark").waitFor({ state: "detached" });
    await ann.picture("offline");
    await ann.context.setOffline(false);
    await ben.message("Second in the dark").waitFor();
    const order = await ben.page.getByRole("article").filter({ hasText: "in the dark" }).allInnerTexts();
    check(order.length === 2 && order[0].includes("First") && order[1].includes("Second"), `they come in their order: ${order}`);
    told("what was written offline came in its order");

    const sends = /\/rooms\/[^/]+\/send\//;
    await ann.context.route(sends, (route) => route.abort());
    await ann.say("Written before the lamp went out");
    await ann.message("before the lamp").getByText("Send again").waitFor();
    await ann.page.reload();
    await ann.message("before the lamp").getByText("Send again").waitFor();
    await ann.context.unroute(sends);
    await ben.message("before the lamp").waitFor();
    told("what waits outlives a reload");

    await act(ann, "First in the dark", "Delete for everybody");
    await ann.page.getByText("Everybody sees that a message was here").waitFor();
    await ann.page.getByRole("dialog").getByRole("button", { name: "Delete for everybody" }).click();
    await ben.message("This message was deleted").waitFor();
    await ben.accessible("a conversation");
    check(ann.wrong.length + ben.wrong.length === 0, `nothing went wrong in the pages: ${[...ann.wrong, ...ben.wrong].join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
