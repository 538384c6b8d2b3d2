// A passphrase, a second device that scans the code of the first, keys in a file, and a stranger who is thrown out.

import { check, PASSWORD, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const PASSPHRASE = "beam mast regulator indicator";
const browser = await startBrowser();
const told = (step) => console.log(step);

/** From now on this is what the camera of somebody sees. */
async function holdBefore(person, picture) {
    await person.page.evaluate(async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        window.held = image;
        if (window.camera) return;
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 640;
        window.camera = setInterval(() => {
            const context = canvas.getContext("2d");
            context.fillStyle = "white";
            context.fillRect(0, 0, 640, 640);
            context.drawImage(window.held, 120, 120, 400, 400);
        }, 100);
        navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
        navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
    }, picture);
}

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await Promise.all([ann.signUp({ keysLater: false }), ben.signUp()]);
    await ann.button("Choose a passphrase instead").click();
    await ann.page.getByLabel("Passphrase", { exact: true }).fill("too short");
    await ann.button("Go on").click();
    await ann.page.getByText("This one is too easy to guess.").waitFor();
    await ann.page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await ann.page.getByLabel("The same again").fill(PASSPHRASE);
    await ann.button("Go on").click();
    await ann.page.getByLabel("I have kept it in a safe place").check();
    await ann.button("Finish").click();
    await ann.button("Done").click();
    await ann.beginChatWith(ben);
    await ben.chat("Ann").click();
    await ben.button("Accept").click();
    await ben.say("Arms up, beam level");
    await ann.message("Arms up, beam level").waitFor();
    await ann.page.goto(`${address}/#/settings/keys`);
    await ann.page.getByText("Every key is in it.").waitFor();
    told("chose a passphrase");

    const second = await Person.arrive(browser, address, "Ann");
    await second.logIn({ keysLater: false });
    await second.page.getByRole("button", { name: /^With another device/ }).click();
    await ann.dialog().getByRole("button", { name: "Begin" }).click();
    const code = ann.page.getByRole("img", { name: "A code for the camera of the other device" });
    await code.waitFor();
    const picture = `data:image/png;base64,${(await code.screenshot()).toString("base64")}`;
    await second.page.keyboard.press("Escape");
    await ann.dialog("Not confirmed").getByRole("button", { name: "Done" }).click();
    told("stopped a comparison");

    await holdBefore(second, picture);
    await second.page.getByRole("status").getByRole("button", { name: "Confirm it" }).click();
    await second.page.getByRole("button", { name: /^With another device/ }).click();
    await ann.dialog("Compare with your other device").getByRole("button", { name: "Begin" }).click();
    await second.button("Scan the code of the other device").click();
    await second.page.getByText("This is not the code of the other device.").waitFor(); // but that of before
    await code.waitFor();
    await holdBefore(second, `data:image/png;base64,${(await code.screenshot()).toString("base64")}`);
    await ann.page.getByText("Does the other device say that it worked?").waitFor();
    await ann.button("Yes").click();
    for (const person of [ann, second]) await person.dialog("Confirmed").getByRole("button", { name: "Done" }).click();
    await second.open("Ben");
    await second.message("Arms up, beam level").waitFor();
    told("scanned a code");

    const third = await Person.arrive(browser, address, "Ann");
    await third.logIn({ keysLater: false });
    await third.page.getByRole("button", { name: /^With the recovery key/ }).click();
    await third.page.getByLabel("What you have kept").fill(PASSPHRASE);
    await third.button("Restore").click();
    await third.dialog("This device is confirmed").getByRole("button", { name: "Done" }).click();
    await third.open("Ben");
    await third.message("Arms up, beam level").waitFor();
    told("restored with the passphrase");

    await third.page.goto(`${address}/#/settings/keys`);
    await third.page.getByText("More", { exact: true }).click();
    await third.button("Save keys in a file").click();
    await third.page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
    await third.page.getByLabel("The same again").fill(PASSPHRASE);
    const saved = third.page.waitForEvent("download");
    await third.button("Save").click();
    const path = await (await saved).path();
    await third.button("Take keys from a file").click();
    await third.page.getByLabel("Choose a file").setInputFiles(path);
    await third.page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
    await third.button("Take the keys").click();
    await third.page.getByText(/keys? (was|were) taken/).waitFor();
    told("saved keys in a file and took them back");

    const stranger = await Person.arrive(browser, address, "Ann");
    await stranger.logIn();
    await third.page.getByText(/^A new device has logged in/).waitFor();
    await third.page.getByRole("status").getByRole("button", { name: "No" }).click();
    await third.page.getByLabel("Your password until now").fill(PASSWORD);
    await third.page.getByLabel("A new password").fill("another horse, another battery");
    await third.button("Log it out and change the password").click();
    await stranger.page.getByLabel("User name").waitFor();
    await third.page.getByText(/^A new device has logged in/).waitFor({ state: "detached" });
    await stranger.page.getByLabel("User name").fill("Ann");
    await stranger.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await stranger.button("Log in").click();
    await stranger.page.getByText("This name and password do not belong together.").waitFor();
    await ann.page.getByRole("heading", { name: "Chats", exact: true }).waitFor();
    told("threw a stranger out");

    const all = [ann, ben, second, third, stranger].flatMap(({ wrong }) => wrong);
    check(all.length === 0, `nothing went wrong in the pages: ${all.join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
