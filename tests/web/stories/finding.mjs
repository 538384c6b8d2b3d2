// Somebody looks for what was said: in encrypted and open chats, in one and in all, and not what is gone.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

/** A message that is found, in the list or beside a conversation. */
const hit = (person, text) => person.page.getByRole("list", { name: "Messages" }).getByRole("link").filter({ hasText: text });
const field = (person) => person.page.getByRole("searchbox", { name: "Search", exact: true });

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
    await ann.say("The lantern hangs at Belleville");
    for (let n = 1; n <= 12; n++) await ann.say(`Signal ${n} is through`);
    await ben.message("Signal 12").waitFor();

    await ben.button("New chat").first().click();
    await ben.button("New group").click();
    await ben.page.getByLabel("Name of the group").fill("Towers");
    await ben.page.getByText("Public, open").click();
    await ben.page.waitForFunction((address) => address.value === "towers", await ben.page.getByLabel("Address").elementHandle());
    await ben.button("Create the group").click();
    await ben.page.getByRole("textbox", { name: "Write a message that others can read" }).waitFor();
    await ben.say("A lantern for everybody");
    told("talked encrypted and openly");

    await ben.button("Search").click();
    await field(ben).fill("lant");
    await hit(ben, "The lantern hangs").waitFor();
    await field(ben).fill("lantern");
    await hit(ben, "A lantern for everybody").waitFor();
    await hit(ben, "The lantern hangs").waitFor();
    await ben.page.getByText("All your encrypted messages are searched.").waitFor();
    await ben.accessible("what is found");
    await ben.picture("found");
    await field(ben).press("ArrowDown");
    await ben.page.keyboard.press("ArrowDown");
    await ben.page.keyboard.press("Enter");
    await ben.page.locator(".event-target").filter({ hasText: "The lantern hangs" }).waitFor();
    told("found both, and went to one");

    await ben.button("More").click();
    await ben.page.getByRole("menuitem", { name: "Search in this chat" }).click();
    const panel = ben.page.getByRole("complementary", { name: "Search in this chat" });
    await panel.getByRole("searchbox").fill("signal 7");
    await panel.getByRole("link").filter({ hasText: "Signal 7 is through" }).click();
    await ben.page.locator(".event-target").filter({ hasText: "Signal 7" }).waitFor();
    check((await panel.getByRole("link").count()) === 1, "only what has both words is found");
    await ben.accessible("a search in a chat");
    await ben.picture("found-in-chat");
    await panel.getByRole("button", { name: "Close", exact: true }).click();
    told("found something in this chat");

    await ann.page.getByRole("article").first().waitFor();
    await act(ann, "The lantern hangs", "Edit");
    await ann.page.waitForFunction(() => document.querySelector(".composer textarea").value.includes("lantern"));
    await ann.field().fill("The beacon hangs at Belleville");
    await ann.field().press("Enter");
    await field(ben).fill("beacon");
    await hit(ben, "The beacon hangs").waitFor();
    await act(ann, "The beacon hangs", "Delete for everybody");
    await ann.page.getByRole("dialog").getByRole("button", { name: "Delete for everybody" }).click();
    await hit(ben, "The beacon hangs").waitFor({ state: "detached" });
    await ben.page.getByText("No message with these words").waitFor();
    told("what was changed is found as it is, what was deleted is not");

    await ben.page.reload();
    await ben.button("Search").click();
    await field(ben).fill("signal 12");
    await hit(ben, "Signal 12 is through").waitFor();
    const kept = await ben.page.evaluate(async () => {
        const database = await new Promise((done) => Object.assign(indexedDB.open("chappe-index"), { onsuccess: (event) => done(event.target.result) }));
        const blocks = await new Promise((done) => Object.assign(database.transaction("blocks").objectStore("blocks").getAll(), { onsuccess: (event) => done(event.target.result) }));
        database.close();
        return { count: blocks.length, text: blocks.map((block) => new TextDecoder("latin1").decode(block)).join() };
    });
    check(kept.count > 2 && !/signal|belleville/i.test(kept.text), "what is kept of it cannot be read");
    await ben.page.keyboard.press("Escape");
    await ben.logOut();
    await ben.page.reload();
    await ben.page.getByLabel("User name").waitFor();
    const left = await ben.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    check(!left.includes("chappe-index"), `nothing of the index stays: ${left}`);
    told("it is encrypted, and gone after logging out");

    check(ann.wrong.length + ben.wrong.length === 0, `nothing went wrong in the pages: ${[...ann.wrong, ...ben.wrong].join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
