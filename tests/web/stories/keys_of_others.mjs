// Somebody compares keys with a person at another client, who then loses theirs and begins again.

import { check, Person, startBrowser } from "../browser.mjs";

// What the other client tells its console, and what it needs beyond Node 20: tests/clients/encrypted_story.mjs.
for (const kind of ["trace", "debug", "info", "warn"]) console[kind] = () => {};
Promise.withResolvers ??= function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};
const { Person: Other, Comparison } = await import("../../clients/person.mjs");

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => process.stdout.write(`${step}\n`);

/** Ann sees the pictures that the other side sees, with their names. */
async function seesTheSame(theirs) {
    const list = ann.page.locator(".pictures li");
    await list.first().waitFor();
    const mine = await list.evaluateAll((items) => items.map((item) => item.textContent));
    check(mine.join() === theirs.map(([picture, name]) => picture + name).join(), `both see the same: ${mine} and ${theirs}`);
}

let ann;
try {
    const ben = await Other.register(address, "ben");
    await ben.setUpKeys();
    await ben.client.setDisplayName("ben");
    ann = await Person.arrive(browser, address, "Ann");
    await ann.signUp();
    await ann.beginChatWith({ name: "ben" });
    const roomId = await ann.page.evaluate(() => decodeURIComponent(location.hash.split("/")[2].split("?")[0]));
    await ben.accept(roomId);
    await ann.say("Who is there?");
    told("talks with somebody at another client");

    await ann.page.getByTitle("About this chat").click();
    await ann.page.getByText("Not compared").waitFor();
    const answer = new Comparison(ben);
    await ann.button("Compare keys").click();
    await answer.accepts();
    await ann.button("Compare pictures").click();
    const theirs = await answer.emoji();
    await seesTheSame(theirs);
    await ann.picture("pictures-with-somebody");
    await answer.same();
    await ann.button("They are the same").click();
    await ann.dialog("Confirmed").getByRole("button", { name: "Done" }).click();
    await ann.page.getByText("You have compared keys.").waitFor();
    check((await ben.crypto.getUserVerificationStatus("@ann:tower.test")).isCrossSigningVerified(), "the other side is certain, too");
    told("compared keys by pictures");

    await ben.crypto.resetEncryption((request) => ben.withPassword(request));
    await ann.page.getByRole("alert").getByText("The keys of ben have changed").waitFor();
    await ann.accessible("a chat with somebody whose keys have changed");
    await ann.picture("keys-changed");
    await ann.say("Is it still you?");
    await ann.message("Is it still you?").getByText("Not sent").waitFor();
    told("was told that the keys have changed, and sent nothing");

    await ann.page.getByRole("alert").getByRole("button", { name: "Go on without comparing" }).click();
    await ann.message("Is it still you?").getByRole("img", { name: /^(Sent|Read)$/ }).waitFor();
    await ann.page.getByText("The keys of ben have changed").first().waitFor({ state: "detached" });
    await ben.until("reads what was held back", () =>
        ben.room(roomId).getLiveTimeline().getEvents().some((event) => event.getContent().body === "Is it still you?"),
    );
    told("went on without comparing, and what waited was sent");

    const question = new Comparison(ben);
    await question.asks("@ann:tower.test", roomId);
    await ann.page.getByText("ben would like to compare keys with you.").waitFor();
    await ann.page.getByRole("status").getByRole("button", { name: "Look" }).click();
    await ann.dialog("Compare keys with ben").getByRole("button", { name: "Begin" }).click();
    await seesTheSame(await question.emoji({ begins: true }));
    await question.same();
    await ann.button("They are the same").click();
    await ann.dialog("Confirmed").getByRole("button", { name: "Done" }).click();
    await ann.page.getByText("You have compared keys.").waitFor();
    told("was asked to compare again");

    check(ann.wrong.length === 0, `nothing went wrong in the page: ${ann.wrong.join("\n")}`);
    ben.close();
    told("done");
} finally {
    await browser.close();
}
process.exit(0);
