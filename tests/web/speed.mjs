// How long the page is busy while somebody types in a large room. `node speed.mjs ADDRESS [MESSAGES]`
// It makes two accounts and an open room of that many messages, and prints what docs/client/speed.md says.

import { Person, startBrowser } from "./browser.mjs";
import { account, ask, measured, told } from "./measure.mjs";

const [address, count = "10000"] = process.argv.slice(2);
const MESSAGES = Number(count);
const AT_ONCE = 8;
const PAGES = 75;
const TYPED = "The quick brown fox jumps over the lazy dog, and @then it looks :for the next one. ".repeat(3);

/** A room as rooms are: short and long texts, replies, reactions, edits. */
async function talk(token, roomId, from, to) {
    let last = null;
    for (let i = from; i < to; i++) {
        const text = `Message ${i}. ${"Words and more words, as people write them. ".repeat(i % 7)}`;
        const content = { msgtype: "m.text", body: text, ...(i % 9 === 0 && last && { "m.relates_to": { "m.in_reply_to": { event_id: last } } }) };
        last = (await ask(address, "PUT", `/rooms/${roomId}/send/m.room.message/${from}.${i}`, token, content)).event_id;
        if (i % 11 === 0) await ask(address, "PUT", `/rooms/${roomId}/send/m.reaction/r${from}.${i}`, token, { "m.relates_to": { rel_type: "m.annotation", event_id: last, key: "👍" } });
    }
}

const stamp = Date.now().toString(36);
const [writer, reader] = await Promise.all([account(address, `writer${stamp}`), account(address, `reader${stamp}`)]);
const { room_id: roomId } = await ask(address, "POST", "/createRoom", writer.access_token, { name: "Ten thousand", preset: "public_chat", invite: [reader.user_id] });
await ask(address, "POST", `/join/${roomId}`, reader.access_token, {});
const started = Date.now();
const part = Math.ceil(MESSAGES / AT_ONCE);
await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => talk(writer.access_token, roomId, i * part, Math.min(MESSAGES, (i + 1) * part))));
console.log(`${MESSAGES} messages written in ${Math.round((Date.now() - started) / 1000)} s`);

const browser = await startBrowser();
try {
    const person = await Person.arrive(browser, address, `reader${stamp}`);
    await person.logIn();
    const { page } = person;
    const opening = Date.now();
    await person.open("Ten thousand");
    await page.getByRole("article").nth(20).waitFor();
    console.log(`opened in ${Date.now() - opening} ms`);

    console.log(told("typing", await measured(page, () => person.field().pressSequentially(TYPED, { delay: 15 }))));

    await person.field().fill("");
    console.log(told(
        `scrolling up through ${40 * PAGES} messages`,
        await measured(page, async () => {
            const box = page.locator(".timeline-box").first();
            for (let i = 0; i < PAGES; i++) {
                const first = await page.locator("[data-event]").first().getAttribute("data-event");
                await box.evaluate((element) => element.scrollTo(0, 0));
                await page.waitForFunction((before) => document.querySelector("[data-event]")?.dataset.event !== before, first);
            }
        }),
    ));
    console.log(told("typing there", await measured(page, () => person.field().pressSequentially(TYPED, { delay: 15 }))));

    await page.getByRole("button", { name: "To the newest message" }).click();
    await person.field().fill("");
    let isTyping = true;
    const others = (async () => {
        for (let i = 0; isTyping; i++) await talk(writer.access_token, roomId, 100_000 + i, 100_001 + i);
    })();
    console.log(told("typing while another writes without pause", await measured(page, () => person.field().pressSequentially(TYPED, { delay: 15 }))));
    isTyping = false;
    await others;
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    console.log(`${elements} elements in the page`);
} finally {
    await browser.close();
}
