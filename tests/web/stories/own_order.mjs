// Somebody brings order into their chats on one device, and finds it on another: folders, what is saved, what was begun.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

const tab = (person, name) => person.page.getByRole("group", { name: "Folders" }).getByRole("button", { name: new RegExp(`^${name}`) });

async function inMenuOf(person, chat, entry) {
    await person.chat(chat).click({ button: "right" });
    await person.page.getByRole("menuitem", { name: entry, exact: true }).click();
}

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await Promise.all([ann.signUp({ keysLater: false }), ben.signUp()]);
    await ann.button("Make a recovery key").click();
    const key = await ann.page.locator(".paper-key code").textContent();
    await ann.page.getByLabel("I have kept it in a safe place").check();
    await ann.button("Finish").click();
    await ann.button("Done").click();
    await ben.beginChatWith(ann);
    await ann.chat("Ben").click();
    await ann.button("Accept").click();
    await ann.field().waitFor();
    await ben.say("The mast is oiled");
    await ann.message("The mast is oiled").waitFor();

    await inMenuOf(ann, "Ben", "Put into folders");
    await ann.dialog().getByLabel("New folder").fill("Line to Lille");
    await ann.dialog().getByRole("button", { name: "Create" }).click();
    await ann.dialog().getByRole("checkbox", { name: "Line to Lille", checked: true }).waitFor();
    await ann.accessible("the choice of folders");
    await ann.picture("choose-folders");
    await ann.dialog().getByRole("button", { name: "Done" }).click();
    await ann.button("Menu").click();
    await ann.page.getByRole("menuitem", { name: "New folder" }).click();
    await ann.dialog().getByLabel("Name of the folder").fill("Weather");
    await ann.dialog().getByRole("button", { name: "Create" }).click();
    await ann.page.getByText("Nothing in this folder").waitFor();
    await ann.picture("empty-folder");
    await tab(ann, "Line to Lille").click();
    await ann.chat("Ben").waitFor();
    told("made folders, and put a chat into one");

    const second = await Person.arrive(browser, address, "Ann");
    await second.logIn({ keysLater: false });
    await second.page.getByRole("button", { name: /^With the recovery key/ }).click();
    await second.page.getByLabel("What you have kept").fill(key);
    await second.button("Restore").click();
    await second.dialog("This device is confirmed").getByRole("button", { name: "Done" }).click();
    await tab(second, "Line to Lille").click();
    await second.chat("Ben").waitFor();
    await ben.say("And the arms are painted");
    await tab(second, "Line to Lille").getByText("unread message").waitFor();
    await second.accessible("folders");
    await second.picture("folders");
    await tab(second, "Line to Lille").click({ button: "right" });
    await second.page.getByRole("menuitem", { name: "Rename" }).click();
    await second.dialog().getByLabel("Name of the folder").fill("Northern line");
    await second.dialog().getByRole("button", { name: "Rename" }).click();
    await tab(ann, "Northern line").waitFor();
    await tab(ann, "Northern line").click();
    await ann.chat("Ben").waitFor();
    await ann.button("What to do with the folder Northern line").click();
    await ann.page.getByRole("menuitem", { name: "Delete the folder" }).click();
    await ann.dialog().getByRole("button", { name: "Delete the folder" }).click();
    await tab(second, "Northern line").waitFor({ state: "detached" });
    await ann.chat("Ben").waitFor();
    told("renamed and deleted them, on both devices");

    await ann.message("The mast is oiled").focus();
    await ann.page.keyboard.press("Enter");
    await ann.page.getByRole("menuitem", { name: "Save", exact: true }).click();
    await ann.chat("Saved messages").click();
    await ann.message("Forwarded, from Ben").getByText("The mast is oiled").waitFor();
    await ann.say("Buy more paint");
    await second.chat("Saved messages").waitFor();
    const first = await second.page.getByRole("list", { name: "Chats" }).getByRole("link").first().innerText();
    check(first.includes("Saved messages"), `it is on top: ${first}`);
    await second.button("Menu").click();
    await second.page.getByRole("menuitem", { name: "Saved messages" }).click();
    await second.message("Buy more paint").waitFor();
    await ann.accessible("saved messages");
    await ann.picture("saved");
    told("saved a message, for both devices");

    await ann.field().fill("A thought for");
    await second.open("Ben");
    await second.chat("Saved messages").getByText("Draft: A thought for").waitFor();
    await second.picture("draft");
    await second.open("Saved messages");
    await second.page.waitForFunction(() => document.querySelector(".composer textarea").value === "A thought for");
    await second.say("A thought for tomorrow");
    await ann.page.waitForFunction(() => document.querySelector(".composer textarea").value === "");
    told("went on with a draft on the other device");

    const wrong = [ann, ben, second].flatMap((person) => person.wrong);
    check(wrong.length === 0, `nothing went wrong in the pages: ${wrong.join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
