// What people choose for themselves and their groups: who may invite them, a code for a link, a group of an old form
// that goes on in a new one, and a mail address (the letter is not: what the server says of it is told here instead).

import { check, PASSWORD, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

/** Something that the client has no button for, asked of the server itself. */
async function asking(name, path, body) {
    const log = { type: "m.login.password", identifier: { type: "m.id.user", user: name.toLowerCase() }, password: PASSWORD };
    const { access_token: token } = await (await fetch(`${address}/_matrix/client/v3/login`, { method: "POST", body: JSON.stringify(log) })).json();
    const answer = await fetch(`${address}/_matrix/client/v3/${path}`, { method: "POST", body: JSON.stringify(body), headers: { authorization: `Bearer ${token}` } });
    return answer.json();
}

try {
    const [lena, milo] = await Promise.all([Person.arrive(browser, address, "Lena"), Person.arrive(browser, address, "Milo")]);
    await Promise.all([lena.signUp(), milo.signUp()]);
    const { page } = lena;

    await page.goto(`${address}/#/settings/privacy`);
    const saved = page.waitForResponse((answer) => answer.url().includes("invite_permission_config"));
    await page.getByLabel("Nobody", { exact: true }).check();
    check((await saved).ok(), "the choice is kept");
    await lena.accessible("privacy");
    await milo.button("New chat").first().click();
    await milo.page.getByRole("searchbox").fill("Lena");
    await milo.page.getByRole("button", { name: "Chat with Lena", exact: true }).click();
    await milo.page.getByText("@lena:tower.test does not want to be invited by you.").waitFor();
    await milo.picture("not-invited");
    await milo.page.keyboard.press("Escape");
    await page.reload();
    await page.getByLabel("Nobody", { exact: true }).and(page.locator(":checked")).waitFor();
    await page.getByLabel("Everybody", { exact: true }).check();
    await page.getByText("Saved", { exact: true }).waitFor();
    told("said who may invite");

    const { room_id: old } = await asking("Lena", "createRoom", { room_version: "10", name: "Old choir", preset: "private_chat", invite: ["@milo:tower.test"] });
    await milo.chat("Old choir").click();
    await milo.button("Accept").click();
    await milo.field().waitFor();
    await page.goto(`${address}/#/chat/${encodeURIComponent(old)}?panel=details`);
    await lena.button("Show the link as a code").click();
    await page.getByRole("img", { name: "Code of the link to Old choir" }).waitFor();
    check((await page.getByRole("dialog").innerText()).includes(encodeURIComponent(old)), "the link stands beside its code");
    await lena.accessible("a link as a code");
    await lena.picture("link-code");
    await page.keyboard.press("Escape");
    told("showed a link as a code");

    await lena.button("Bring the group up to date").click();
    await lena.picture("upgrade");
    await page.getByRole("dialog").getByRole("button", { name: "Bring it up to date" }).click();
    await page.waitForURL((url) => url.hash.startsWith("#/chat/") && !url.hash.includes(encodeURIComponent(old)));
    await lena.field().waitFor();
    await milo.page.getByText("This group goes on in a new one.").waitFor();
    await milo.accessible("a group that has moved");
    await milo.picture("moved");
    await milo.button("Go there").click();
    await milo.page.waitForURL((url) => !url.hash.includes(encodeURIComponent(old)));
    await milo.say("All voices are here");
    await lena.message("All voices are here").waitFor();
    told("moved a group of an old form");

    let addresses = [];
    let isOpened = false;
    await page.route(/client\/v3\/capabilities/, async (route) => {
        const { capabilities } = await (await route.fetch()).json();
        return route.fulfill({ json: { capabilities: { ...capabilities, "m.3pid_changes": { enabled: true } } } });
    });
    await page.route(/account\/3pid$/, (route) => route.fulfill({ json: { threepids: addresses.map((each) => ({ medium: "email", address: each })) } }));
    await page.route(/3pid\/email\/requestToken/, (route) => route.fulfill({ json: { sid: "1" } }));
    await page.route(/3pid\/add/, (route) => {
        if (!route.request().postDataJSON().auth) return route.fulfill({ status: 401, json: { session: "s", flows: [{ stages: ["m.login.password"] }], params: {} } });
        if (!isOpened) return route.fulfill({ status: 403, json: { errcode: "M_THREEPID_AUTH_FAILED", error: "Open the link." } });
        addresses = ["lena@example.org"];
        return route.fulfill({ json: {} });
    });
    await page.route(/3pid\/delete/, (route) => {
        addresses = [];
        return route.fulfill({ json: { id_server_unbind_result: "no-support" } });
    });
    await page.goto(`${address}/#/settings/account`);
    await page.reload();
    await page.getByText("Your account has no address.").waitFor();
    await page.getByLabel("New address").fill("lena@example.org");
    await lena.button("Send a link").click();
    const finish = async () => {
        await page.locator("form", { hasText: "A letter is on its way" }).getByLabel("Your password now").fill(PASSWORD);
        await lena.button("I have opened the link").click();
    };
    await finish();
    await page.getByText("The link has not been opened yet.").waitFor();
    await lena.accessible("an address that is not confirmed");
    await lena.picture("emails");
    isOpened = true;
    await finish();
    await page.getByRole("button", { name: "Remove lena@example.org" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("Your account has no address.").waitFor();
    told("gave the account a mail address, and took it away");
    check(lena.wrong.length + milo.wrong.length === 0, [...lena.wrong, ...milo.wrong].join("\n"));
    told("done");
} catch (error) {
    console.error(error);
    process.exitCode = 1;
}
await browser.close();
