// How quick the list of chats is. `node list_speed.mjs ADDRESS [ROOMS]`
// It makes two accounts and that many rooms, and prints what docs/client/speed.md says.

import { account, ask, measured, told } from "./measure.mjs";
import { Person, startBrowser } from "./browser.mjs";

const [address, count = "1000"] = process.argv.slice(2);
const ROOMS = Number(count);
const AT_ONCE = 6;
const MESSAGES = 3;
const WHEELS = 150;

/** A room between the two in which something was said; every fourth is encrypted, and has folders. */
async function makeRoom(writer, reader, n) {
    const isEncrypted = n % 4 === 0;
    const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const { room_id: roomId } = await ask(address, "POST", "/createRoom", writer.access_token, {
        name: `${["Tower", "Line", "Weather of", "Letters from"][n % 4]} ${["Lille", "Metz", "Lyon", "Brest", "Lands’ End"][n % 5]} ${n}`,
        preset: "private_chat",
        invite: [reader.user_id],
        initial_state: isEncrypted ? [encryption] : [],
    });
    await ask(address, "POST", `/join/${roomId}`, reader.access_token, {});
    for (let i = 0; i < MESSAGES && !isEncrypted; i++) {
        const content = { msgtype: "m.text", body: `Signal ${i} of room ${n}: all is well on the line` };
        await ask(address, "PUT", `/rooms/${roomId}/send/m.room.message/${n}.${i}`, writer.access_token, content);
    }
    if (n % 10 === 0) await ask(address, "PUT", `/user/${reader.user_id}/rooms/${roomId}/tags/u.Folder ${n % 50}`, reader.access_token, {});
    return { roomId, isEncrypted };
}

/** How long the frames took between which nothing was drawn, while `act` goes on. */
async function frames(page, act) {
    await page.evaluate(() => {
        window.frames_ = [];
        let before = performance.now();
        window.isWatching = true;
        const look = (now) => {
            window.frames_.push(now - before);
            before = now;
            if (window.isWatching) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
    await act();
    const all = await page.evaluate(() => {
        window.isWatching = false;
        return window.frames_.slice(1);
    });
    all.sort((one, other) => one - other);
    const at = (part) => Math.round(all[Math.floor(part * (all.length - 1))]);
    console.log(`    ${all.length} frames: half within ${at(0.5)} ms, 95 % within ${at(0.95)} ms, the longest ${at(1)} ms`);
}

const stamp = Date.now().toString(36);
const [writer, reader] = await Promise.all([account(address, `writer${stamp}`), account(address, `reader${stamp}`)]);
const started = Date.now();
const rooms = [];
for (let n = 0; n < ROOMS; n += AT_ONCE) {
    rooms.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, ROOMS - n) }, (_, i) => makeRoom(writer, reader, n + i)))));
}
console.log(`${ROOMS} rooms made in ${Math.round((Date.now() - started) / 1000)} s`);

const browser = await startBrowser();
try {
    const person = await Person.arrive(browser, address, `reader${stamp}`);
    const { page } = person;
    const row = page.locator(".virtual-list .chat-row").first();
    await page.addInitScript(() => {
        const look = () => {
            if (!document.querySelector(".chat-row")) return void requestAnimationFrame(look);
            requestAnimationFrame(() => setTimeout(() => (window.seenAt ??= Math.round(performance.now())), 0));
        };
        requestAnimationFrame(look);
    });
    await page.getByLabel("User name").fill(person.name);
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    const logIn = Date.now();
    await person.button("Log in").click();
    await row.waitFor();
    console.log(`first login: the list is shown after ${Date.now() - logIn} ms`);
    await person.putOff();
    await page.waitForTimeout(10_000);

    for (let i = 0; i < 3; i++) {
        const reload = Date.now();
        await page.reload({ waitUntil: "commit" });
        await row.waitFor();
        console.log(`loaded again: its top is shown after ${await page.evaluate(() => window.seenAt)} ms, the list can be used after ${Date.now() - reload} ms`);
    }
    await page.waitForTimeout(5_000);

    const box = page.locator(".virtual-list").first();
    await box.hover();
    console.log(told("scrolling the list", await measured(page, () => frames(page, async () => {
        for (let i = 0; i < WHEELS; i++) {
            await page.mouse.wheel(0, i < WHEELS / 2 ? 900 : -900);
            await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
        }
    }))));
    await box.evaluate((element) => element.scrollTo(0, 0));

    await page.getByRole("button", { name: "Search", exact: true }).click();
    const field = page.getByRole("searchbox", { name: "Search", exact: true });
    console.log(told("typing in the search", await measured(page, () => field.pressSequentially("weather of lyon, and back again to lille", { delay: 40 }))));
    await field.press("Escape");

    console.log(told("choosing each filter and folder", await measured(page, async () => {
        const tabs = page.locator(".chat-list-filter, .folder-tab");
        for (let i = 0; i < (await tabs.count()); i++) await tabs.nth(i).click();
        await tabs.first().click();
        await page.locator(".folder-tab").first().click();
    })));

    await page.locator(".chat-row", { hasText: " 1" }).filter({ has: page.locator(".chat-row-kind") }).first().click();
    await person.field().waitFor();
    const open = rooms.filter(({ isEncrypted }) => !isEncrypted);
    let isTyping = true;
    const others = (async () => {
        for (let i = 0; isTyping; i++) {
            const { roomId } = open[(i * 37) % open.length];
            await ask(address, "PUT", `/rooms/${roomId}/send/m.room.message/late${i}`, writer.access_token, { msgtype: "m.text", body: `Late signal ${i}` });
        }
        return 0;
    })();
    console.log(told("typing a message while rooms all over the list get some", await measured(page, () => person.field().pressSequentially("The quick brown fox jumps over the lazy dog. ".repeat(5), { delay: 15 }))));
    isTyping = false;
    await others;
    console.log(`${await page.evaluate(() => document.querySelectorAll("*").length)} elements in the page`);
} finally {
    await browser.close();
}
