// For a person: pictures of the client at phone and desk size, light and dark. `node look.mjs ADDRESS FOLDER`

import { Person, startBrowser } from "./browser.mjs";

const [address, folder] = process.argv.slice(2);
process.env.CHAPPE_TEST_PICTURES = folder;
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const browser = await startBrowser();

/** One picture for each size and theme. */
async function pictures(person, name) {
    for (const [size, viewport] of Object.entries(SIZES)) {
        for (const colorScheme of ["light", "dark"]) {
            await person.page.setViewportSize(viewport);
            await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await person.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50))));
            await person.picture(`${name}-${size}-${colorScheme}`);
        }
    }
    await person.page.setViewportSize(SIZES.desk);
}

try {
    const stamp = Date.now().toString(36).slice(-4);
    const ann = await Person.arrive(browser, address, `Anna-${stamp}`);
    const ben = await Person.arrive(browser, address, `Benedikt-${stamp}`);
    await ann.page.getByLabel("User name").waitFor();
    await pictures(ann, "1-arrival");
    await ann.page.getByRole("link", { name: "Make an account" }).click();
    await ann.page.getByLabel("User name").waitFor();
    await pictures(ann, "2-sign-up");
    await ann.fillIn("Make an account");
    await ann.putOff();
    await pictures(ann, "3-empty");
    await ben.signUp();
    await ann.beginChatWith(ben);
    await ben.chat("Anna").click();
    await ben.button("Accept").waitFor();
    await pictures(ben, "4-invitation");
    await ben.button("Accept").click();
    await ben.field().waitFor();
    await ann.say("Clear sky over Lille this morning. The new arms move well, and the station at Fives answers within a minute.");
    await ann.say("Did the last signal reach you?");
    await ben.say("It did, at *ten past nine*. Here is what I read:", "It did");
    await ben.say("> Weather good, send the mail\n\n1. first the letters\n2. then `the rest`, see https://example.org/telegraph", "first the letters");
    await ann.say("Wunderbar 👍");
    await ann.message("Clear sky").hover();
    await pictures(ann, "5-chat");
    await ann.button("New chat").first().click();
    await ann.page.getByRole("searchbox").fill("Bene");
    await ann.page.getByRole("button", { name: /^Chat with/ }).waitFor();
    await pictures(ann, "6-new-chat");
    await ann.page.keyboard.press("Escape");
    await ann.page.getByTitle("About this chat").click();
    await pictures(ann, "7-details");
    await ann.page.getByRole("button", { name: "Close" }).click();
    await ann.message("Did the last").click({ button: "right" });
    await pictures(ann, "8-menu");
    await ann.page.keyboard.press("Escape");
    await ann.page.evaluate(() => localStorage.setItem("chappe.language", "fr"));
    await ann.page.reload();
    await ann.page.getByRole("textbox", { name: /^Écrire/ }).waitFor();
    await ann.page.getByRole("article").filter({ hasText: "Wunderbar" }).waitFor();
    await pictures(ann, "9-french");
} finally {
    await browser.close();
}
