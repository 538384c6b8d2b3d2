// A browser, and people in it: each has windows of their own, as if on a machine of their own.

import { existsSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const PASSWORD = "correct horse battery";
const WAIT_MS = 30_000; // far more than anything takes, for a machine that has other things to do

/** One that beeps, and is allowed. */
const MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** The browser that $CHAPPE_CHROMIUM names, or the system's Chromium, or else the one that npm brought. */
export async function startBrowser() {
    const args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", ...MICROPHONE];
    const named = [process.env.CHAPPE_CHROMIUM ?? "/usr/bin/chromium"].find(existsSync);
    if (named) return chromium.launch({ executablePath: named, args });
    // It was packed for a system without libraries, and brings them when it takes this one for that.
    if (!existsSync(`/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libnss3.so`)) process.env.AWS_EXECUTION_ENV ??= "nodejs20.x";
    const packed = (await import("@sparticuz/chromium")).default;
    return chromium.launch({ executablePath: await packed.executablePath(), args: [...args, "--headless=shell"] });
}

export class Person {
    constructor(page, context, name, address) {
        this.page = page;
        this.context = context;
        this.name = name;
        this.address = address;
        this.wrong = [];
    }

    /** Somebody with a window that has never been here. */
    static async arrive(browser, address, name, options = {}) {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
        context.setDefaultTimeout(WAIT_MS);
        const page = await context.newPage();
        const person = new Person(page, context, name, address);
        page.on("pageerror", (error) => person.wrong.push(`${error}`));
        page.on("console", (message) => {
            // What the policy of the page forbids is told here, and must never happen.
            if (message.type() === "error" && /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) person.wrong.push(message.text());
            if (process.env.CHAPPE_TEST_CONSOLE) console.error(`[${name}] ${message.type()}: ${message.text()}`);
        });
        await page.goto(address);
        return person;
    }

    button(name) {
        return this.page.getByRole("button", { name, exact: true });
    }

    async signUp({ keysLater = true } = {}) {
        await this.page.getByRole("link", { name: "Make an account" }).click();
        await this.fillIn("Make an account");
        if (keysLater) await this.putOff();
    }

    async logIn({ keysLater = true } = {}) {
        await this.fillIn("Log in");
        if (keysLater) await this.putOff();
    }

    /** What is asked about one's keys after arriving: later. */
    async putOff() {
        await this.dialog().getByRole("button", { name: "Later" }).click();
        await this.dialog().waitFor({ state: "detached" });
    }

    dialog(name) {
        return this.page.getByRole("dialog", name ? { name } : {});
    }

    async fillIn(action) {
        await this.page.getByLabel("User name").fill(this.name);
        await this.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
        await this.button(action).click();
        await this.atList();
    }

    async atList() {
        await this.page.getByRole("heading", { name: "Chats", exact: true }).waitFor();
    }

    /** Begin an encrypted chat with somebody, found by name. */
    async beginChatWith(other) {
        await this.button("New chat").first().click();
        await this.page.getByRole("searchbox").fill(other.name);
        await this.page.getByRole("button", { name: `Chat with ${other.name}`, exact: true }).click();
        await this.field().waitFor();
    }

    chat(name) {
        return this.page.getByRole("list", { name: "Chats" }).getByRole("link", { name: new RegExp(name) });
    }

    async open(name) {
        await this.chat(name).click();
    }

    field() {
        return this.page.getByRole("textbox", { name: /^Write/ });
    }

    async say(text, shown = text) {
        await this.field().fill(text);
        await this.field().press("Enter");
        await this.message(shown).waitFor();
    }

    message(text) {
        return this.page.getByRole("article").filter({ hasText: text });
    }

    async logOut() {
        await this.button("Menu").click();
        await this.page.getByRole("menuitem", { name: "Log out" }).click();
        await this.page.getByRole("dialog").getByRole("button", { name: "Log out" }).click();
        await this.page.getByLabel("User name").waitFor();
    }

    /** What stands in the window can be used by everybody, as far as a program can tell (WCAG 2.2 AA). */
    async accessible(where) {
        await this.page.evaluate(axe.source);
        const { violations } = await this.page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
        const said = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `    ${html}`).join("\n")}`);
        check(said.length === 0, `${where} is accessible:\n${said.join("\n")}`);
    }

    /** A picture for a person to look at, where $CHAPPE_TEST_PICTURES names a folder. */
    async picture(name) {
        const folder = process.env.CHAPPE_TEST_PICTURES;
        if (folder) await this.page.screenshot({ path: `${folder}/${name}.png` });
    }
}

export function check(holds, what) {
    if (!holds) throw new Error(`This does not hold: ${what}`);
}
