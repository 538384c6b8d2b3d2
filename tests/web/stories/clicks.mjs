// Ten everyday acts, and what each takes: clicks (of either button) and keys; what is typed counts for nothing, nor do
// the windows of the system. docs/client/clicks.md has the same numbers, beside those of others.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const PICTURE = new URL("../../../client/public/icons/chappe-192.png", import.meta.url).pathname;

let clicks = 0;
let keys = 0;

try {
    const people = await Promise.all(["Nina", "Otto", "Pia"].map((name) => Person.arrive(browser, address, name)));
    await Promise.all(people.map((each) => each.signUp()));
    const [nina, otto, pia] = people;
    const { page } = nina;
    const click = async (locator, options) => {
        clicks++;
        await locator.click(options);
    };
    const press = async (key) => {
        keys++;
        await page.keyboard.press(key);
    };
    const type = (text) => page.keyboard.type(text);
    /** The field is ready by itself: nobody has to click into it. */
    const ready = (field) => field.and(page.locator(":focus")).waitFor();
    const act = async (name, run, ...holds) => {
        clicks = keys = 0;
        await run();
        const counted = `${name}: ${clicks} + ${keys}`;
        for (const each of holds) await each.waitFor();
        console.log(counted);
    };
    const menu = async (text, entry) => {
        await click(nina.message(text).first(), { button: "right" });
        await click(page.getByRole("menuitem", { name: entry, exact: true }));
    };

    await act(
        "begin a chat with somebody new",
        async () => {
            await click(nina.button("New chat").first());
            await ready(page.getByRole("dialog").getByRole("searchbox"));
            await type("Otto");
            await click(page.getByRole("button", { name: "Chat with Otto", exact: true }));
        },
        nina.field(),
    );
    await nina.say("Good morning");
    await otto.chat("Nina").click();
    await otto.button("Accept").click();
    await otto.say("The fog is gone");
    await nina.message("The fog is gone").waitFor();
    await page.goto(`${address}/#/`);
    await nina.field().waitFor({ state: "detached" });
    await act(
        "write in a chat of the list",
        async () => {
            await click(nina.chat("Otto"));
            await ready(nina.field());
            await type("And the hill is there");
            await press("Enter");
        },
        otto.message("And the hill is there"),
    );
    // What is on its way still cannot be changed.
    await nina.message("And the hill is there").getByRole("img", { name: /^(Sent|Read)$/ }).waitFor();
    await act(
        "change what one has written last",
        async () => {
            await press("ArrowUp");
            await page.waitForFunction(() => document.activeElement?.value === "And the hill is there");
            await type(" again");
            await press("Enter");
        },
        otto.message("And the hill is there again"),
    );
    await act(
        "answer a message",
        async () => {
            await menu("The fog is gone", "Reply");
            await ready(nina.field());
            await type("I see it");
            await press("Enter");
        },
        otto.message("I see it"),
    );
    await act(
        "react with a sign",
        async () => {
            await menu("The fog is gone", "React");
            await click(page.getByRole("button", { name: "👍" }).first());
        },
        otto.page.getByRole("button", { name: /^👍 1/ }),
    );
    await act(
        "send a picture with a text",
        async () => {
            const choosing = page.waitForEvent("filechooser");
            await click(nina.button("Attach files"));
            await (await choosing).setFiles(PICTURE);
            await ready(page.getByRole("dialog").getByRole("textbox"));
            await type("My tower");
            await press("Enter");
        },
        otto.message("My tower"),
    );
    await act(
        "send a voice message",
        async () => {
            await click(nina.button("Record a voice message"));
            await page.waitForFunction(() => document.querySelectorAll(".recording-waves span").length >= 12);
            await click(nina.button("Send the voice message"));
        },
        otto.button("Play the voice message"),
    );
    await act(
        "delete a message for everybody",
        async () => {
            await menu("I see it", "Delete for everybody");
            await click(page.getByRole("dialog").getByRole("button", { name: "Delete for everybody" }));
        },
        otto.message("This message was deleted"),
    );
    await act("mute a chat", async () => {
        await click(nina.button("More").first());
        await click(page.getByRole("menuitem", { name: "Mute", exact: true }));
    });
    await act(
        "make a group of three",
        async () => {
            await click(nina.button("New chat").first());
            await click(nina.button("New group"));
            await ready(page.getByLabel("Name of the group"));
            await type("Signals");
            for (const name of ["Otto", "Pia"]) {
                await click(page.getByRole("dialog").getByRole("searchbox"));
                await page.keyboard.press("ControlOrMeta+a");
                await type(name);
                await click(page.getByRole("dialog").getByRole("button", { name: new RegExp(name) }).first());
            }
            await click(nina.button("Create the group"));
        },
        pia.chat("Signals"),
        otto.chat("Signals"),
    );
    check(people.every(({ wrong }) => wrong.length === 0), people.flatMap(({ wrong }) => wrong).join("\n"));
    console.log("done");
} catch (error) {
    console.error(error);
    process.exitCode = 1;
}
await browser.close();
