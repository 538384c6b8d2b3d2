// Links in an open group and in an encrypted chat. Pages of the web are not to be had here, so what the server tells
// about them is told here instead of it; what the client asks for, and when, is its own.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);
const LONG = "A page with a title that is far longer than anybody would like to read in a list of messages";

try {
    const [gina, hugo] = await Promise.all([Person.arrive(browser, address, "Gina"), Person.arrive(browser, address, "Hugo")]);
    const asked = [];
    await gina.page.route(/preview_url/, (route) => {
        asked.push(new URL(route.request().url()).searchParams.get("url"));
        return route.fulfill({ json: { "og:title": LONG, "og:description": "Towers, and what was said from them. ".repeat(20) } });
    });
    await gina.page.route(/client\/v3\/capabilities/, async (route) => {
        const { capabilities } = await (await route.fetch()).json();
        return route.fulfill({ json: { capabilities: { ...capabilities, "org.chappe.link_previews": { enabled: true } } } });
    });
    await Promise.all([gina.signUp(), hugo.signUp()]);
    const { page } = gina;
    const preview = page.locator(".link-preview");

    await gina.button("New chat").first().click();
    await gina.button("New group").click();
    await page.getByLabel("Name of the group").fill("Square");
    await page.getByRole("radio", { name: /Public, open/ }).check();
    await gina.button("Create the group").click();
    await gina.field().waitFor();
    await gina.say("Look: https://example.org/towers, all of them");
    await preview.filter({ hasText: LONG }).waitFor();
    check(`${asked}` === "https://example.org/towers", "the server is asked for the page, and for nothing else");
    check((await preview.getAttribute("href")) === "https://example.org/towers", "it leads where the link leads");
    await gina.accessible("a preview");
    await gina.picture("link-preview");
    told("shows what a page is about, in an open chat");

    const group = page.url();
    await gina.beginChatWith(hugo);
    await page.waitForURL((url) => url.href !== group);
    await page.locator(".chat-sealed").waitFor();
    await gina.say("Between us: https://example.org/secret");
    await gina.say("And nothing else");
    check(asked.length === 1, "the server is not asked about links in encrypted chats");
    told("asks for nothing in an encrypted one");

    const chat = page.url();
    await page.goto(`${address}/#/settings/privacy`);
    await page.getByLabel("Also in encrypted chats").check();
    await gina.accessible("privacy with previews");
    await gina.picture("link-preview-setting");
    await page.goto(chat);
    await preview.waitFor();
    check(asked.includes("https://example.org/secret"), "it is asked there, too, once that is wanted");
    told("asks there, too, for who wants that");
    check(gina.wrong.length + hugo.wrong.length === 0, [...gina.wrong, ...hugo.wrong].join("\n"));
    told("done");
} catch (error) {
    console.error(error);
    process.exitCode = 1;
}
await browser.close();
