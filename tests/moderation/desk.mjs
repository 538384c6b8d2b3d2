// The desk in a browser, from logging in to a decision and its undoing, with keys alone; and what axe says of each page.
// Arguments: the address of a server that `populated.py` has filled.

import { check, PASSWORD, Person, startBrowser } from "../web/browser.mjs";

const address = process.argv[2];
const desk = `${address}/_chappe/console/desk`;
const browser = await startBrowser();

const done = (step) => console.log(step);

async function arrive(name, options = {}) {
    const person = await Person.arrive(browser, desk, name, options);
    await person.page.getByLabel(/User name|Nom d’utilisateur/).fill(name);
    await person.page.getByLabel(/Password|Mot de passe/).fill(PASSWORD);
    await person.page.keyboard.press("Enter");
    await person.page.waitForURL(/console$/);
    await person.page.goto(desk);
    return person;
}

/** Presses keys, and counts each one that goes down. */
function keyboard(page) {
    const held = { presses: 0 };
    held.press = async (...keys) => {
        for (const key of keys) {
            held.presses += key.split("+").length;
            await page.keyboard.press(key);
        }
    };
    return held;
}

const heading = (page, text) => page.getByRole("heading", { level: 1, name: text }).waitFor();

const mia = await arrive("mia");
const { page } = mia;
await heading(page, "Safety desk");
await mia.accessible("the queue");
await mia.picture("desk-queue");
done("the queue can be used by everybody");

// An ordinary case: take it, look at it, choose the reason, decide.
const keys = keyboard(page);
await keys.press("n");
await heading(page, /^Case \d+$/);
const first = page.url();
const veil = page.locator(".veiled .veil").first();
const filter = () => veil.evaluate((element) => getComputedStyle(element).filter);
check((await filter()).includes("blur") && (await filter()).includes("grayscale"), "what was reported is hidden at first");
await keys.press("v");
await page.waitForFunction(() => !getComputedStyle(document.querySelector(".veiled .veil")).filter.includes("blur"));
check((await filter()).includes("grayscale"), "colours are a choice of their own");
await mia.accessible("a case");
await mia.picture("desk-case");
await keys.press("1");
await heading(page, /^Decide case \d+$/);
await page.getByRole("heading", { name: "What the person will read" }).waitFor();
await mia.accessible("deciding");
await mia.picture("desk-decide");
await keys.press("d");
await page.getByText("Decided.", { exact: true }).waitFor();
await heading(page, /^Case \d+$/);
check(page.url() !== first, "the next case is there");
check(keys.presses <= 8, `an ordinary case takes ${keys.presses} presses`);
done(`an ordinary case takes ${keys.presses} presses`);

// Undo it, by keys.
await page.goto(first);
await page.getByText("Undo", { exact: true }).first().focus();
await page.keyboard.press("Enter");
await page.getByLabel("Why (published; names nobody)").fill("It was a quotation.");
await page.keyboard.press("Tab");
await page.keyboard.press("Enter");
await page.getByText("Undone: what was restricted is restored.").waitFor();
done("undone");

// Many at once.
await page.goto(desk);
await page.getByLabel("Choose").count();
for (const box of (await page.locator('form[action$="/desk/bulk"] input[type=checkbox]').all()).slice(0, 2)) {
    await box.focus();
    await page.keyboard.press("Space");
}
await page.getByRole("button", { name: "Decide those chosen together" }).press("Enter");
await heading(page, "2 cases together");
await page.getByLabel("Reason for all").selectOption("spam");
await page.keyboard.press("Escape");
await page.getByRole("button", { name: /Show what it does/ }).press("Enter");
await page.getByRole("button", { name: /Decide all of them/ }).waitFor();
await mia.accessible("many at once");
await mia.picture("desk-bulk");
await page.getByRole("button", { name: /Decide all of them/ }).press("Enter");
await page.getByText("2 of 2").waitFor();
await mia.accessible("its progress");
done("decided two together");

for (const path of ["search?q=%40ada", "reviews", "bulk", "me", "cases/1/threat"]) {
    await page.goto(`${desk}/${path}`);
    await mia.accessible(path);
}
const sam = await arrive("sam", { colorScheme: "dark", locale: "fr-FR" });
for (const path of ["", "/complaints", "/cases/4", "/../flaggers"]) {
    await sam.page.goto(`${desk}${path}`);
    await sam.accessible(`${path}, dark and in French`);
}
await sam.picture("desk-flaggers-french");
done("every page can be used by everybody");

// On a phone nothing is cut off.
const small = await arrive("mia", { viewport: { width: 390, height: 844 } });
for (const path of ["", "/cases/5", "/cases/5/decide?reason=spam", "/me"]) {
    await small.page.goto(`${desk}${path}`);
    const wide = await small.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `${path} fits a phone: ${wide}`);
    await small.accessible(`${path} on a phone`);
}
await small.picture("desk-phone");
done("fits a phone");

// Without a script the same keys work as the browser's own.
const plain = await arrive("mia", { javaScriptEnabled: false });
const browsersOwn = await plain.context.newCDPSession(plain.page);
let presses = 0;
/** Alt and a key: what a browser does with an access key, which needs to be told the letter. */
async function chord(letter) {
    presses += 2;
    const code = letter.toUpperCase().charCodeAt(0);
    const event = { modifiers: 1, key: letter, text: letter, unmodifiedText: letter, windowsVirtualKeyCode: code };
    await browsersOwn.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await browsersOwn.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
}
await chord("n");
await heading(plain.page, /^Case \d+$/);
await chord("v");
await plain.page.locator("#clear:checked").waitFor();
await chord("2");
await heading(plain.page, /^Decide case \d+$/);
await chord("d");
await plain.page.getByText("Decided.", { exact: true }).waitFor();
check(presses <= 8, `without a script an ordinary case takes ${presses} presses`);
done(`without a script it takes ${presses} presses`);

for (const person of [mia, sam, small, plain]) check(person.wrong.length === 0, person.wrong.join("\n"));
await browser.close();
done("done");
