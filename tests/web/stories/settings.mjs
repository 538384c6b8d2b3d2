// Somebody makes the client theirs: name, picture, theme, language; blocks and unblocks; exports; a new password; the end of the account.

import { readFile } from "node:fs/promises";
import { check, PASSWORD, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);
const NEW_PASSWORD = "another horse, another battery";
const PICTURE = new URL("../../../client/public/icons/chappe-192.png", import.meta.url).pathname;

try {
    const [cleo, dan] = await Promise.all([Person.arrive(browser, address, "Cleo"), Person.arrive(browser, address, "Dan")]);
    await Promise.all([cleo.signUp(), dan.signUp()]);
    const { page } = cleo;
    const settings = page.getByRole("navigation", { name: /^(Settings|Réglages)$/ });
    const openPage = async (name, heading = name) => {
        await settings.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { name: heading, exact: true }).waitFor();
        await cleo.picture(`settings-${name}`);
    };
    const accessibleInBoth = async (where) => {
        for (const theme of ["light", "dark"]) {
            await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme);
            await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
            await cleo.accessible(`${where}, ${theme}`);
        }
    };
    await cleo.beginChatWith(dan);
    await dan.chat("Cleo").click();
    await dan.button("Accept").click();
    await dan.field().waitFor();
    await cleo.say("The mast on the hill stands");
    await dan.message("The mast on the hill stands").waitFor();

    await cleo.button("Menu").click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Cleo of the Tower");
    await cleo.button("Save").click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await dan.chat("Cleo of the Tower").waitFor();
    await page.locator("input[type=file]").setInputFiles(PICTURE);
    await cleo.button("Remove the picture").waitFor();
    await cleo.accessible("the profile");
    told("changed name and picture");

    await openPage("Appearance");
    await page.getByLabel("Dark", { exact: true }).check();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await accessibleInBoth("appearance");
    await page.getByLabel("Larger", { exact: true }).check();
    await cleo.picture("settings-larger");
    await page.getByLabel("Normal", { exact: true }).check();
    await page.getByLabel("Français").check();
    await page.getByRole("heading", { name: "Réglages" }).waitFor();
    await cleo.picture("settings-french");
    await page.getByLabel("English").check();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    told("changed theme and language");

    await dan.say("Fog again");
    await cleo.open("Dan");
    await cleo.message("Fog again").waitFor();
    await page.getByRole("main").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Block", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Block", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.goto(`${address}/#/settings`);
    await openPage("Privacy");
    await page.getByRole("listitem").filter({ hasText: "@dan:tower.test" }).waitFor();
    await accessibleInBoth("privacy");
    await page.getByRole("button", { name: /^Unblock/ }).click();
    await page.getByText(/You have blocked nobody/).waitFor();
    told("blocked and unblocked");

    await openPage("Notifications");
    await accessibleInBoth("notifications");
    const changed = page.waitForResponse((answer) => answer.request().method() === "GET" && answer.url().includes("/pushrules"));
    await page.getByLabel("Only mentions of me").check();
    await changed;
    await page.reload();
    await page.getByRole("radio", { name: "Only mentions of me", checked: true }).waitFor(); // the server knows it
    await cleo.chat("Dan").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Mute", exact: true }).click();
    await page.waitForFunction(() => !document.querySelector("[role=menu]"));
    for (let isMuted = false; !isMuted; ) {
        await cleo.chat("Dan").click({ button: "right" });
        await page.getByRole("menuitem", { name: /^(Un)?[Mm]ute$/ }).waitFor();
        isMuted = (await page.getByRole("menuitem", { name: "Unmute", exact: true }).count()) > 0;
        await page.keyboard.press("Escape");
        await page.getByRole("menu").waitFor({ state: "detached" });
    }
    told("chose what to be told of");

    await openPage("My data");
    await accessibleInBoth("my data");
    const downloading = page.waitForEvent("download");
    await cleo.button("Export my data").click();
    const exported = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
    const said = exported.rooms.flatMap(({ events }) => events).filter(({ type }) => type === "m.room.message");
    check(said.some(({ content, was_encrypted }) => was_encrypted && content.body === "The mast on the hill stands"), "one's own encrypted message is in the export");
    check(exported.profile.displayname === "Cleo of the Tower", "the profile is in the export");
    told("exported");

    const manifest = await (await page.request.get(`${address}/manifest.webmanifest`)).json();
    for (const { src, type } of manifest.icons) check((await page.request.get(`${address}${src}`)).headers()["content-type"] === type, `${src} is there`);
    // The worker has kept the client as soon as it has kept the chunk with the SDK in it.
    await page.waitForFunction(async () => (await (await caches.open("chappe-shell-1")).keys()).some(({ url }) => /messenger-.*\.js$/.test(url)));
    await cleo.context.setOffline(true);
    await page.reload();
    await cleo.open("Dan");
    await cleo.message("The mast on the hill stands").waitFor();
    await cleo.picture("settings-offline");
    await cleo.context.setOffline(false);
    await page.goto(`${address}/#/settings`);
    told("read without a network");

    await openPage("Account");
    await accessibleInBoth("the account");
    const now = page.getByLabel("Your password now", { exact: true });
    await now.fill("not this one");
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    await cleo.button("Change the password").click();
    await page.getByText("This is not your password.").waitFor();
    await now.fill(PASSWORD);
    await cleo.button("Change the password").click();
    await page.getByText("Your password is changed.").waitFor();
    told("changed the password");

    for (const dir of ["rtl", "ltr"]) {
        await page.evaluate((to) => (document.documentElement.dir = to), dir);
        await page.setViewportSize({ width: 390, height: 844 });
        await cleo.picture(`settings-phone-${dir}`);
        const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        check(width <= seen, `nothing scrolls sideways, ${dir}`);
        await page.setViewportSize({ width: 1440, height: 900 });
        const list = await settings.boundingBox();
        const column = await page.getByRole("region", { name: "Account" }).boundingBox();
        check(dir === "rtl" ? list.x > column.x : list.x < column.x, `the list of pages stands where lines begin, ${dir}`);
    }
    told("looked at from right to left, and on a phone");

    await cleo.button("Delete the account").click();
    const dialog = page.getByRole("dialog");
    await accessibleInBoth("the end of the account");
    await dialog.getByLabel("Your password now").fill(NEW_PASSWORD);
    await dialog.getByLabel(/^Also erase/).check();
    await cleo.picture("settings-deactivate");
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await page.getByLabel("User name").waitFor();
    const answer = await page.request.post(`${address}/_matrix/client/v3/login`, {
        data: { type: "m.login.password", identifier: { type: "m.id.user", user: "cleo" }, password: NEW_PASSWORD },
    });
    check(answer.status() === 403, `nobody can log in to it any more: ${answer.status()}`);
    told("ended the account");

    check(cleo.wrong.length + dan.wrong.length === 0, `nothing went wrong in the pages: ${[...cleo.wrong, ...dan.wrong].join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
