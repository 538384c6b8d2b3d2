// Two people send each other pictures, files and a voice message, encrypted; and what lies about its type stays a file.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

/** A picture of some size, made by the browser. */
async function picture(person, width, height) {
    const base64 = await person.page.evaluate(
        async ([width, height]) => {
            const canvas = Object.assign(document.createElement("canvas"), { width, height });
            const context = canvas.getContext("2d");
            const sky = context.createLinearGradient(0, 0, width, height);
            sky.addColorStop(0, "#0a5a8a");
            sky.addColorStop(1, "#b3361b");
            context.fillStyle = sky;
            context.fillRect(0, 0, width, height);
            return canvas.toDataURL("image/png").split(",")[1];
        },
        [width, height],
    );
    return Buffer.from(base64, "base64");
}

async function choose(person, ...files) {
    await person.page.locator("input[type=file]").first().setInputFiles(files);
}

const loaded = (image) => image.complete && image.naturalWidth > 0;

try {
    const [ann, ben] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Ben")]);
    await Promise.all([ann.signUp(), ben.signUp()]);
    await ann.beginChatWith(ben);
    await ben.chat("Ann").click();
    await ben.button("Accept").click();
    await ben.field().waitFor();
    told("began a chat");

    const asked = [];
    ben.page.on("request", (request) => asked.push(request.url()));
    await choose(ann, { name: "sunset\u202egnp.png", mimeType: "image/png", buffer: await picture(ann, 1200, 900) });
    await ann.page.getByLabel("Text below it").fill("Over the **channel**");
    await ann.picture("chosen");
    await ann.page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).click();
    const shown = ben.page.getByRole("button", { name: /^Open the picture/ });
    await shown.locator("img").waitFor();
    await ben.page.waitForFunction(loaded, await shown.locator("img").elementHandle());
    await ben.message("Over the channel").locator("strong").waitFor();
    const box = await shown.boundingBox();
    check(Math.abs(box.width / box.height - 4 / 3) < 0.02, "the picture keeps its shape");
    check(!asked.some((url) => url.includes("access_token")), "no address has a token in it");
    told("a picture with a text below it");

    await shown.click();
    const large = ben.page.getByRole("dialog").getByRole("img");
    await ben.page.waitForFunction(loaded, await large.elementHandle());
    check((await large.evaluate((image) => image.naturalWidth)) === 1200, "the lightbox shows the whole picture");
    await ben.picture("lightbox");
    const saving = ben.page.waitForEvent("download");
    await ben.page.getByRole("dialog").getByRole("button", { name: /^Save/ }).click();
    check((await saving).suggestedFilename() === "sunsetgnp.png", "it is saved under its own name, without what turns letters around");
    await ben.page.keyboard.press("Escape");
    await large.waitFor({ state: "hidden" });
    told("looked at it, and saved it");

    const html = Buffer.from("<script>document.title = 'owned'</script>");
    await choose(
        ben,
        { name: "lies.png", mimeType: "image/png", buffer: html },
        { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>") },
        { name: "page.html", mimeType: "text/html", buffer: html },
    );
    await ben.page.getByRole("dialog").getByRole("button", { name: "Send 3" }).click();
    for (const name of ["lies.png", "drawing.svg", "page.html"]) await ann.page.getByRole("button", { name: `Save ${name}` }).waitFor();
    check((await ann.page.locator("article img[src*=svg], iframe, object, embed").count()) === 0, "nothing of it is opened");
    const page = ann.page.waitForEvent("download");
    await ann.page.getByRole("button", { name: "Save page.html" }).click();
    check((await page).suggestedFilename() === "page.html", "a file is saved, not opened");
    check(!(await ann.page.title()).includes("owned"), "and runs nothing");
    told("files that lie are files");

    await ann.button("Record a voice message").click();
    await ann.page.waitForFunction(() => document.querySelectorAll(".recording-waves span").length >= 12);
    await ann.picture("recording");
    await ann.button("Send the voice message").click();
    await ben.button("Play the voice message").click();
    await ben.button("Pause").waitFor();
    await ben.page.waitForFunction(() => document.querySelector("article audio")?.currentTime > 0);
    await ben.page.getByRole("button", { name: "Speed: 1×" }).click();
    await ben.page.waitForFunction(() => document.querySelector("article audio")?.playbackRate === 1.5);
    check((await ben.page.locator(".player-wave").count()) > 10, "its wave is drawn");
    await ben.picture("media");
    told("a voice message");

    await ann.page.route("**/_matrix/media/v3/upload*", (route) => route.abort());
    await choose(ann, { name: "later.txt", mimeType: "text/plain", buffer: Buffer.from("later") });
    await ann.page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).click();
    await ann.page.getByText("No connection. It is sent as soon as there is one.").waitFor();
    await ann.picture("failed");
    await ann.page.unroute("**/_matrix/media/v3/upload*");
    await ann.button("Send again").click();
    await ben.page.getByRole("button", { name: "Save later.txt" }).waitFor();
    told("what failed is sent again");

    await ann.page.route("**/_matrix/media/v3/upload*", (route) => route.abort());
    await choose(ann, { name: "kept.txt", mimeType: "text/plain", buffer: Buffer.from("kept") });
    await ann.page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).click();
    await ann.page.getByText("No connection. It is sent as soon as there is one.").waitFor();
    await ann.page.reload();
    await ann.page.getByText("No connection. It is sent as soon as there is one.").waitFor();
    await ann.page.unroute("**/_matrix/media/v3/upload*");
    await ann.button("Send again").click();
    await ben.page.getByRole("button", { name: "Save kept.txt" }).waitFor();
    await ann.page.reload();
    await ann.page.getByRole("button", { name: "Save kept.txt" }).waitFor();
    check((await ann.page.locator(".sending").count()) === 0, "what was sent waits no more");
    told("a file that waits outlives a reload");

    const tab = await ben.context.newPage();
    const opened = await tab.goto(`${address}/_matrix/client/v1/media/download/tower.test/something`);
    check(opened.status() === 401, "an upload is no page: opened as one, it gets no token");
    await tab.close();
    await ben.page.reload();
    await ben.page.waitForFunction(loaded, await shown.locator("img").elementHandle());
    await ben.accessible("a chat with pictures");
    check(ann.wrong.length + ben.wrong.length === 0, `nothing went wrong in the pages: ${[...ann.wrong, ...ben.wrong].join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
