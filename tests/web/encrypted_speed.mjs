// How quick a large encrypted room is, and its search. `node encrypted_speed.mjs ADDRESS [MESSAGES]`
// Somebody at another client writes that many messages while the browser is away, and then it comes back: see docs/client/speed.md.

import { measured, told } from "./measure.mjs";
import { Person, startBrowser } from "./browser.mjs";

// What the other client tells its console, and what it needs beyond Node 20: tests/clients/encrypted_story.mjs.
const say = (text) => process.stdout.write(`${text}\n`);
for (const kind of ["trace", "debug", "info", "warn", "log"]) console[kind] = () => {};
Promise.withResolvers ??= function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};
const { Person: Other } = await import("../clients/person.mjs");

const [address, count = "10000"] = process.argv.slice(2);
const MESSAGES = Number(count);
const AT_ONCE = 8;
const PAGES = 30;
const TYPED = "The quick brown fox jumps over the lazy dog, and then it looks for the next one. ".repeat(3);
const SEARCHED = "number 4711 people write";

const stamp = Date.now().toString(36);
const browser = await startBrowser();
try {
    const writer = await Other.register(address, `writer${stamp}`);
    const person = await Person.arrive(browser, address, `reader${stamp}`);
    await person.signUp();
    const { page } = person;
    await person.beginChatWith({ name: `writer${stamp}` });
    const roomId = await page.evaluate(() => decodeURIComponent(location.hash.split("/")[2].split("?")[0]));
    await writer.accept(roomId);
    await writer.client.sendTextMessage(roomId, "Here I am");
    await person.message("Here I am").waitFor();
    await page.goto("about:blank");

    const started = Date.now();
    for (let n = 0; n < MESSAGES; n += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, MESSAGES - n) }, (_, i) => n + i);
        await Promise.all(some.map((i) => writer.client.sendTextMessage(roomId, `Message number ${i}. ${"Words and more words, as people write them. ".repeat(i % 7)}`)));
    }
    say(`${MESSAGES} encrypted messages written in ${Math.round((Date.now() - started) / 1000)} s`);

    const opening = Date.now();
    await page.goto(`${address}/#/chat/${encodeURIComponent(roomId)}`);
    await page.getByRole("article").filter({ hasText: "Message number" }).nth(10).waitFor();
    say(`opened and decrypted in ${Date.now() - opening} ms`);
    const begun = Date.now();
    const type = () => person.field().pressSequentially(TYPED, { delay: 15 });
    say(told("typing at its end, while older messages are read into the index", await measured(page, type)));
    await person.field().fill("");

    say(
        told(
            `scrolling up through ${40 * PAGES} messages`,
            await measured(page, async () => {
                const box = page.locator(".timeline-box").first();
                for (let i = 0; i < PAGES; i++) {
                    const first = await page.locator("[data-event]").first().getAttribute("data-event");
                    await box.evaluate((element) => element.scrollTo(0, 0));
                    await page.waitForFunction((before) => document.querySelector("[data-event]")?.dataset.event !== before, first);
                }
            }),
        ),
    );
    say(told("typing there", await measured(page, type)));
    await person.field().fill("");

    await person.button("More").click();
    await page.getByRole("menuitem", { name: "Search in this chat" }).click();
    const panel = page.getByRole("complementary", { name: "Search in this chat" });
    await panel.getByRole("searchbox").fill("words");
    await panel.getByRole("link").first().waitFor();
    await panel.getByText("Older ones are being read").waitFor({ state: "detached", timeout: 600_000 });
    say(`the index had what it takes after ${Math.round((Date.now() - begun) / 1000)} s: ${await panel.locator(".messages-found-covered").innerText()}`);
    await panel.getByRole("searchbox").fill("");
    say(told("typing in its search", await measured(page, () => panel.getByRole("searchbox").pressSequentially(SEARCHED, { delay: 60 }))));
    const searching = Date.now();
    await panel.getByRole("searchbox").fill(`number ${MESSAGES - 4_000}`);
    await panel.getByRole("link").filter({ hasText: `Message number ${MESSAGES - 4_000}.` }).waitFor();
    say(`one message of ${MESSAGES} found in ${Date.now() - searching} ms, of which 200 are waited for the next letter`);
    writer.close();
} finally {
    await browser.close();
}
process.exit(0);
