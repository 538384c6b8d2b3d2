// A private group of three with roles, and a public one that is found by search. Each line that is printed is a step that held.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

/** Choose somebody, found by name, in the dialog that is open. */
async function choose(person, name) {
    await person.page.getByRole("searchbox").fill(name);
    await person.button(`Choose ${name}`).click();
    await person.button(`Do not invite ${name}`).waitFor();
}

async function newGroup(person) {
    await person.button("New chat").first().click();
    await person.button("New group").click();
}

/** The row of somebody among the members. */
function member(person, name) {
    return person.page.getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: name });
}

async function actOn(person, name, what) {
    await person.button(`What to do with ${name}`).click();
    await person.page.getByRole("menuitem", { name: what, exact: true }).click();
}

try {
    const [ann, ben, cid] = await Promise.all(["Ann", "Ben", "Cid"].map((name) => Person.arrive(browser, address, name)));
    await Promise.all([ann.signUp(), ben.signUp(), cid.signUp()]);

    await newGroup(ann);
    await ann.page.getByLabel("Name of the group").fill("Stations");
    await choose(ann, "Ben");
    await choose(ann, "Cid");
    await ann.accessible("a new group");
    await ann.picture("new-group");
    await ann.button("Create the group").click();
    await ann.page.getByRole("textbox", { name: "Write an encrypted message" }).waitFor();
    told("made an encrypted group");

    for (const person of [ben, cid]) {
        await person.chat("Stations").click();
        await person.button("Accept").click();
        await person.field().waitFor();
    }
    await ann.say("Is every arm in place?");
    await cid.message("Is every arm in place?").waitFor();
    told("invited and accepted");

    await ann.page.getByTitle("About this chat").click();
    await ann.button("Change name and topic").click();
    await ann.page.getByLabel("Name of the group").fill("Line to Lille");
    await ann.page.getByLabel("Topic", { exact: true }).fill("Fifteen stations");
    await ann.button("Save").click();
    await ann.page.getByText("Fifteen stations").waitFor();
    await ben.chat("Line to Lille").waitFor();
    await ann.accessible("the details of a group");
    await ann.picture("group-details");
    told("renamed");

    await ann.button("Members").click();
    await member(ann, "Ann").getByText("Owner").waitFor();
    await actOn(ann, "Ben", "Make moderator");
    await member(ann, "Ben").getByText("Moderator").waitFor();
    await ann.accessible("the members");
    await ann.picture("members");
    told("made a moderator");

    await actOn(ann, "Cid", "Remove from the group");
    await ann.page.getByRole("dialog").getByRole("button", { name: "Remove from the group" }).click();
    await member(ann, "Cid").waitFor({ state: "detached" });
    await cid.page.getByText("No chats yet").waitFor();
    told("removed a member");

    await ben.button("More").click();
    await ben.page.getByRole("menuitem", { name: "Leave" }).click();
    await ben.page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    await ben.page.getByText("No chats yet").waitFor();
    await member(ann, "Ben").waitFor({ state: "detached" });
    told("left");

    await newGroup(ben);
    await ben.page.getByLabel("Name of the group").fill("Weather of the North");
    await ben.page.getByText("Public, open").click();
    await ben.page.waitForFunction((field) => field.value === "weather-of-the-north", await ben.page.getByLabel("Address").elementHandle());
    await ben.button("Create the group").click();
    await ben.page.getByRole("textbox", { name: "Write a message that others can read" }).waitFor();
    await cid.button("Search").click();
    await cid.page.getByRole("searchbox").fill("weather");
    await cid.page.getByRole("list", { name: "Public groups" }).getByRole("link", { name: /Weather of the North/ }).click();
    await cid.button("Join").waitFor();
    await cid.accessible("a search, and the door of a public group");
    await cid.picture("door");
    await cid.button("Join").click();
    await cid.say("Wind from the west");
    await ben.message("Wind from the west").waitFor();
    told("found and joined a public group");

    await cid.button("Search").click();
    await cid.button("People").click();
    await cid.page.getByText("No chats of this kind").waitFor();
    await cid.button("Groups").click();
    await cid.chat("Weather of the North").waitFor();
    await cid.picture("filters");
    told("filtered the list");

    const wrong = [ann, ben, cid].flatMap((person) => person.wrong);
    check(wrong.length === 0, `nothing went wrong in the pages: ${wrong.join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
