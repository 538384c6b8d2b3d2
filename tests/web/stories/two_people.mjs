// Two people make accounts, talk encrypted, reload, and log out. Each line that is printed is a step that held.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await ann.page.getByLabel("User name").waitFor();
    await ann.accessible("the arrival");
    await Promise.all([ann.signUp(), ben.signUp()]);
    await ann.accessible("an empty list");
    told("signed up");

    await ann.beginChatWith(ben);
    await ann.page.getByText("Encrypted", { exact: false }).first().waitFor();
    told("began an encrypted chat");

    await ben.chat("Ann").click();
    await ben.button("Accept").waitFor();
    await ben.accessible("an invitation");
    await ben.button("Accept").click();
    await ben.field().waitFor();
    told("accepted the invitation");

    await ann.say("Clear sky over Lille");
    await ben.message("Clear sky over Lille").waitFor();
    await ben.say("Fog in **Strasbourg**", "Fog in Strasbourg");
    await ann.message("Fog in Strasbourg").locator("strong").waitFor();
    await ann.accessible("a chat");
    told("talked both ways");

    await ann.page.reload();
    await ann.message("Fog in Strasbourg").waitFor();
    await ann.message("Clear sky over Lille").waitFor();
    await ben.say("Still there?");
    await ann.message("Still there?").waitFor();
    told("went on after a reload");

    await ann.picture("chat");
    await ann.logOut();
    await ann.page.reload();
    await ann.page.getByLabel("User name").waitFor();
    const left = await ann.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name !== "chappe-session"));
    check(left.length === 0, `nothing of the keys stays: ${left}`);
    told("logged out");

    check(ann.wrong.length + ben.wrong.length === 0, `nothing went wrong in the pages: ${[...ann.wrong, ...ben.wrong].join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
