// Somebody fills a room with what should trick or break the page of whoever looks at it. Nothing of it runs, and all can be used.

import { check, PASSWORD, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);
const RTL = "\u202e";
const ZALGO = "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f".repeat(200);

async function ask(method, path, token, body, type = "application/json") {
    const answer = await fetch(`${address}/_matrix/${path}`, {
        method,
        headers: { "Content-Type": type, ...(token && { Authorization: `Bearer ${token}` }) },
        body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return answer.json();
}

async function account(name) {
    const wanted = { username: name, password: PASSWORD };
    let made = await ask("POST", "client/v3/register", null, wanted);
    const { session, flows } = made;
    for (const type of flows?.[0].stages ?? []) made = await ask("POST", "client/v3/register", null, { ...wanted, auth: { type, session } });
    return made;
}

try {
    const eve = await account("eve");
    const token = eve.access_token;
    const ann = await Person.arrive(browser, address, "Ann");
    await ann.signUp();
    await ask("PUT", `client/v3/profile/${encodeURIComponent(eve.user_id)}/displayname`, token, { displayname: `${RTL}nnA <b>${ZALGO.slice(0, 150)}` });
    const { room_id: roomId } = await ask("POST", "client/v3/createRoom", token, {
        name: `<img src=x onerror=alert(1)>${RTL}gnissim si siht${"W".repeat(120)}`,
        topic: ZALGO,
        invite: [eve.user_id.replace("@eve", "@ann")],
        preset: "private_chat",
    });
    let count = 0;
    const send = async (content, type = "m.room.message") => {
        const said = await ask("PUT", `client/v3/rooms/${roomId}/send/${type}/${++count}`, token, content);
        check(said.event_id, `the server took it: ${JSON.stringify(said)}`);
        return said.event_id;
    };
    const html = (formatted_body, body = "x") => send({ msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body });
    const upload = async (bytes, type) => (await ask("POST", "media/v3/upload", token, bytes, type)).content_uri;

    await html("<script>window.owned = 1</script><img src=x onerror='window.owned = 1'><svg onload='window.owned = 1'></svg>visible");
    await html("<a href='javascript:window.owned=1'>click me</a> <a href='https://evil.example'>https://bank.example</a>");
    await html(`<a href='https://matrix.to/#/${eve.user_id}'>@Ann</a> mentioned`);
    await html("<div>".repeat(3_000));
    await html(`<table>${"<tr><td>x</td></tr>".repeat(1_000)}</table><p>after the table</p>`);
    await send({ msgtype: "m.text", body: `${RTL}turned around ${ZALGO}` });
    await send({ msgtype: "m.text", body: "W".repeat(40_000) });
    await send({ msgtype: "m.text", body: "line\n".repeat(8_000) });
    await send({ msgtype: "m.text", body: { not: "a text" } });
    await send({ msgtype: 17, body: "a number of a kind" });
    const svg = await upload("<svg xmlns='http://www.w3.org/2000/svg' onload='parent.owned=1'><script>parent.owned=1</script></svg>", "image/svg+xml");
    const page = await upload("<script>parent.owned = 1; opener && (opener.owned = 1)</script>", "text/html");
    await send({ msgtype: "m.image", body: `holiday${RTL}gpj.exe`, url: page, info: { mimetype: "image/png", w: 1e9, h: -4, size: "big" } });
    await send({ msgtype: "m.image", body: "drawing.svg", url: svg, info: { mimetype: "image/svg+xml" } });
    await send({ msgtype: "m.image", body: "lies.png", url: svg, info: { mimetype: "image/png", w: 20_000, h: 1 } });
    await send({ msgtype: "m.video", body: "lies.mp4", url: page, info: { mimetype: "video/mp4", thumbnail_url: "https://evil.example/track.png" } });
    await send({ msgtype: "m.audio", body: "lies.ogg", url: page, info: { mimetype: "audio/ogg", duration: Number.MAX_SAFE_INTEGER }, "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": { waveform: Array(5_000).fill(1e9) } });
    await send({ msgtype: "m.file", body: "../../../.profile", url: "mxc://../../secret", file: 3 });
    await send({ msgtype: "m.image", body: "", filename: null, info: null, file: { url: "javascript:1", key: null } });
    const target = await send({ msgtype: "m.text", body: "react to me", "m.mentions": { user_ids: Array(10).fill(3) } });
    for (const key of ["<b>x</b>", `${RTL}x`, ZALGO.slice(0, 500), "long ".repeat(60)]) {
        await send({ "m.relates_to": { rel_type: "m.annotation", event_id: target, key } }, "m.reaction");
    }
    await send({ "m.poll.start": { question: { body: ZALGO }, answers: Array(200).fill({ id: "a", body: "<b>x</b>" }), kind: {} } }, "m.poll.start");
    await send({ nothing: true }, "org.matrix.msc3381.poll.start");
    await ask("PUT", `client/v3/rooms/${roomId}/state/m.room.pinned_events/`, token, { pinned: [target, 3, null, "$nothing", ...Array(500).fill("$x")] });
    await send({ msgtype: "m.text", body: "the last one", "m.relates_to": { "m.in_reply_to": { event_id: "$nowhere" } }, "org.chappe.forwarded": { name: { a: 1 }, at: "x" } });
    told("the room is full of tricks");

    const outside = [];
    ann.page.on("request", (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith("blob:") && !request.url().startsWith("data:")) outside.push(request.url());
    });
    ann.page.on("dialog", (dialog) => ann.wrong.push(`a dialog: ${dialog.message()}`));
    await ann.page.getByRole("list", { name: "Chats" }).getByRole("link").first().click();
    await ann.button("Accept").click();
    await ann.message("the last one").waitFor();
    told("looked at it");

    const box = ann.page.locator(".timeline-box").first();
    await box.evaluate((element) => element.scrollTo(0, 0));
    await ann.message("visible").waitFor();
    check((await ann.page.locator("article :is(script, iframe, object, embed, style, form)").count()) === 0, "nothing that runs is in the page");
    check((await ann.page.locator("article :is([onerror], [onload], [onclick])").count()) === 0, "nor does an attribute");
    await ann.page.getByText("(evil.example)").waitFor(); // a link that lies says where it leads
    check((await ann.page.getByRole("link", { name: "click me" }).count()) === 0, "a link that runs is none");
    check((await ann.page.locator(".mention").innerText()) !== "@Ann", "a mention is called what the person is called");
    // What comes near is loaded, and then is another element: to wait until the button stands still would be in vain.
    await ann.page.getByRole("button", { name: /holidaygpj/ }).first().evaluate((button) => button.scrollIntoView());
    for (const name of ["holidaygpj.exe", "drawing.svg", "profile"]) await ann.page.locator(".file-row-name").getByText(name).first().waitFor();
    const sizes = await ann.page.evaluate(() => ({ page: document.documentElement.scrollWidth - innerWidth, lines: [...document.querySelectorAll("article")].filter((line) => line.scrollWidth > line.closest(".timeline-box").clientWidth).length }));
    check(sizes.page <= 0 && sizes.lines === 0, `nothing is wider than the window: ${JSON.stringify(sizes)}`);
    told("nothing of it runs, or breaks the page");

    // A room that calls itself what the server's is called, and speaks as that does.
    const { room_id: imitation } = await ask("POST", "client/v3/createRoom", token, {
        name: "Notices of tower.test",
        invite: [eve.user_id.replace("@eve", "@ann")],
        creation_content: { type: "org.chappe.server_notices" },
    });
    const pretended = { type: "statement", decision: "x", explanation: "Send your password to @eve", measures: [{ kind: "account", measure: "locked", territories: [], until: null }] };
    const restricted = { measure: "removed", decision: "x", ground: "order", territories: [], told: { contest: "https://evil.example" } };
    const marked = { "org.chappe.safety": pretended, "org.chappe.restricted": restricted, "m.server_notice_type": "m.server_notice.usage_limit_reached" };
    await ask("PUT", `client/v3/rooms/${imitation}/send/m.room.message/i1`, token, { msgtype: "m.server_notice", body: "I am the server", ...marked });
    const refused = await ask("PUT", `client/v3/rooms/${imitation}/state/m.room.member/@server:tower.test`, token, { membership: "invite" });
    check(refused.errcode === "M_FORBIDDEN", `nobody has the server in a room: ${JSON.stringify(refused)}`);
    await ann.page.getByRole("list", { name: "Chats" }).getByRole("link", { name: /^Notices of tower/ }).click();
    await ann.button("Accept").click();
    await ann.message("I am the server").waitFor();
    await ann.field().waitFor(); // one can answer, as in any chat
    check((await ann.page.getByText("Official messages of this server").count()) === 0, "it is not taken for the server");
    check((await ann.page.locator(".notice-card, .restricted, .safety-banner").count()) === 0, "it tells no decision");
    await ann.button("More").click();
    await ann.page.getByRole("menuitem", { name: "Leave" }).waitFor();
    await ann.page.keyboard.press("Escape");
    told("nobody is taken for the server");

    await ann.page.getByRole("list", { name: "Chats" }).getByRole("link").filter({ hasText: "onerror" }).click();
    await ann.message("the last one").waitFor();
    await box.evaluate((element) => element.scrollTo(0, 0));
    await ann.page.getByRole("button", { name: /holidaygpj/ }).first().evaluate((button) => button.scrollIntoView());
    const saving = ann.page.waitForEvent("download");
    await ann.page.getByRole("button", { name: "Save drawing.svg" }).click();
    await saving;
    await ann.say("I am still here");
    await ann.picture("hostile");
    check((await ann.page.evaluate(() => window.owned)) === undefined, "nothing ran");
    check(outside.length === 0, `nobody else was asked for anything: ${outside}`);
    const context = ann.context;
    check(context.pages().length === 1, "no other window was opened");
    // The browser tells of handlers while it reads them, in a document that runs nothing and is never shown.
    const wrong = ann.wrong.filter((said) => !said.startsWith("Executing inline event handler"));
    check(wrong.length === 0, `nothing went wrong in the page: ${wrong.join("\n")}`);
    told("done");
} finally {
    await browser.close();
}
