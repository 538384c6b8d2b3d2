// Somebody makes a recovery key, confirms a second device by pictures, loses both, and reads their messages on a third.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await ben.signUp();
    await ann.signUp({ keysLater: false });
    await ann.dialog("Keep your messages from getting lost").waitFor();
    await ann.accessible("the first steps");
    await ann.button("Make a recovery key").click();
    const key = (await ann.page.locator(".paper-key code").textContent()).trim();
    check(/^E\w{3}( \w{4}){11}$/.test(key), `a recovery key looks like one: ${key}`);
    const saved = ann.page.waitForEvent("download");
    await ann.button("Save as a file").click();
    check((await saved).suggestedFilename() === "Chappe recovery key.txt", "it is saved as a file");
    check(await ann.button("Finish").isDisabled(), "who has not kept it is not done");
    await ann.page.getByLabel("I have kept it in a safe place").check();
    await ann.picture("recovery-key");
    await ann.button("Finish").click();
    await ann.dialog("Your messages are safe from loss").waitFor();
    await ann.button("Done").click();
    told("made a recovery key");

    await ann.beginChatWith(ben);
    await ben.chat("Ann").click();
    await ben.button("Accept").click();
    await ben.say("The mail coach leaves at noon");
    await ann.message("The mail coach leaves at noon").waitFor();
    await ann.say("I have seen it");
    await ann.page.goto(`${address}/#/settings/keys`);
    await ann.page.getByText("Every key is in it.").waitFor();
    await ann.accessible("the page of the keys");
    told("has a copy of every key");

    const second = await Person.arrive(browser, address, "Ann");
    await second.logIn({ keysLater: false });
    await ann.page.getByText(/^A new device has logged in/).waitFor();
    await second.page.getByRole("button", { name: /^With another device/ }).click();
    await ann.dialog("Compare with your other device").getByRole("button", { name: "Begin" }).click();
    await second.page.getByRole("img", { name: "A code for the camera of the other device" }).waitFor();
    await second.picture("code");
    await second.button("Compare pictures").click();
    const pictures = (person) => person.page.locator(".pictures li");
    await Promise.all([ann, second].map((person) => pictures(person).first().waitFor()));
    const [here, there] = await Promise.all([ann, second].map((person) => pictures(person).allTextContents()));
    check(here.length === 7 && here.join() === there.join(), `both see the same pictures: ${here} and ${there}`);
    await ann.picture("pictures");
    await ann.button("They are the same").click();
    await second.button("They are the same").click();
    for (const person of [ann, second]) await person.dialog("Confirmed").getByRole("button", { name: "Done" }).click();
    told("confirmed the second device by pictures");

    await second.open("Ben");
    await second.message("The mail coach leaves at noon").waitFor();
    told("read older messages there");

    for (const person of [second, ann]) {
        await person.logOut();
        await person.context.close();
    }
    await ben.say("Are you still there?");
    const third = await Person.arrive(browser, address, "Ann");
    await third.logIn({ keysLater: false });
    check((await third.page.getByRole("button", { name: /^With another device/ }).count()) === 0, "there is no other device");
    await third.page.getByRole("button", { name: /^With the recovery key/ }).click();
    await third.page.getByLabel("What you have kept").fill(key.replace(/.$/, (last) => (last === "x" ? "y" : "x")));
    await third.button("Restore").click();
    await third.page.getByText("Look for a typing mistake").waitFor();
    await third.page.getByLabel("What you have kept").fill(` ${key.replaceAll(" ", "\n")}`);
    await third.button("Restore").click();
    await third.dialog("This device is confirmed").getByRole("button", { name: "Done" }).click();
    await third.open("Ben");
    await third.message("The mail coach leaves at noon").waitFor();
    await third.message("I have seen it").waitFor();
    told("read them on a third device with the recovery key");

    await third.page.goto(`${address}/#/settings/keys`);
    await third.page.getByText("You have one. It opens the copy").waitFor();
    check(ben.wrong.length + third.wrong.length + ann.wrong.length + second.wrong.length === 0, `nothing went wrong in the pages: ${[ben, third, ann, second].flatMap(({ wrong }) => wrong).join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
