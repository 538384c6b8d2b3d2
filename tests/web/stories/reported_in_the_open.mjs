// Somebody reports a message in an open group; its author reads the reasons, complains, and is right.

import { check, PASSWORD, Person, startBrowser } from "../browser.mjs";
import { closeDesk, desk } from "../desk.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);

async function ask(method, path, token, body) {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${address}/_matrix/client/v3/${path}`, { method, headers, body: JSON.stringify(body) });
    const said = await answer.json();
    check(answer.ok, `the server does it: ${path} ${JSON.stringify(said)}`);
    return said;
}

/** Another login of somebody, for what is no part of the story. */
async function tokenOf(name) {
    const identifier = { type: "m.id.user", user: name };
    return (await ask("POST", "login", null, { type: "m.login.password", identifier, password: PASSWORD })).access_token;
}

function safety(person) {
    return person.page.getByRole("region", { name: "Safety" });
}

let ann;
let eve;
try {
    [ann, eve] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Eve")]);
    await Promise.all([ann.signUp(), eve.signUp()]);
    const [anns, eves] = await Promise.all([tokenOf("ann"), tokenOf("eve")]);
    const { room_id: roomId } = await ask("POST", "createRoom", eves, { name: "Beacon", preset: "public_chat" });
    await ask("POST", `join/${encodeURIComponent(roomId)}`, anns, {});
    await ask("PUT", `rooms/${encodeURIComponent(roomId)}/send/m.room.message/1`, eves, { msgtype: "m.text", body: "They are all liars" });

    await ann.open("Beacon");
    const message = ann.message("They are all liars");
    await message.hover();
    await message.getByRole("button", { name: "What to do with this message" }).click();
    await ann.page.getByRole("menuitem", { name: "Report this message" }).click();
    const asked = ann.dialog("What is wrong?");
    await asked.getByRole("radio", { name: "Scam, fraud, spam" }).waitFor();
    await ann.accessible("what can be reported");
    await ann.picture("report-what");
    await asked.getByRole("searchbox").fill("hate sp");
    await asked.getByRole("radio", { name: /Hate speech/ }).check();
    await asked.getByRole("button", { name: "Hate speech", exact: true }).click();
    await ann.page.keyboard.press("Tab");
    await asked.getByRole("button", { name: "Next" }).click();
    const how = ann.dialog("What else is there to say?");
    await how.getByRole("radio", { name: /It is illegal/ }).check();
    check(await how.getByRole("button", { name: "Look at what is sent" }).isDisabled(), "a notice needs reasons");
    await ann.accessible("a notice");
    await ann.picture("report-notice");
    await how.getByRole("radio", { name: /It breaks the rules/ }).check();
    await how.getByLabel(/What should the people/).fill("About my neighbours.");
    await how.getByRole("button", { name: "Look at what is sent" }).click();
    const look = ann.dialog("This is sent");
    await look.getByText("A message of Eve: They are all liars").waitFor();
    await look.getByText("About my neighbours.", { exact: true }).first().waitFor();
    await look.getByText("Exactly as it is sent").click();
    const sent = JSON.parse(await look.locator("pre").innerText());
    check(Object.keys(sent).join() === "kind,room_id,event_id,door,category,keyword,reason", `nothing else is sent: ${Object.keys(sent)}`);
    await ann.accessible("what is sent");
    await ann.picture("report-check");
    told("reported a message, and saw what is sent");

    await ann.context.setOffline(true);
    await look.getByRole("button", { name: "Send the report" }).click();
    await look.getByRole("alert").getByText("nothing is lost").waitFor();
    await ann.context.setOffline(false);
    await look.getByRole("button", { name: "Try again" }).click();
    const done = ann.dialog("Thank you");
    await done.getByText("Your report has arrived.", { exact: false }).waitFor();
    await ann.accessible("a receipt");
    await ann.picture("report-done");
    const filed = await desk({ do: "filed" });
    check(filed.reason === "About my neighbours." && filed.proof === "public" && filed.category.endsWith("ILLEGAL_OR_HARMFUL_SPEECH"), `the desk has it: ${JSON.stringify(filed)}`);
    told("nothing is lost without a network");

    await done.getByRole("link", { name: "See what becomes of it" }).click();
    const report = safety(ann).getByRole("group").filter({ hasText: "Hate speech, defamation" });
    await report.getByText("Waiting", { exact: true }).waitFor();
    await ann.accessible("one's reports");
    told("sees that it waits");

    await desk({ do: "remove" });
    await report.getByText("Restricted", { exact: true }).waitFor();
    await report.locator("summary").click();
    await report.getByText("It insults a group of people for their religion.").waitFor();
    await report.getByRole("button", { name: "I disagree" }).waitFor();
    await ann.accessible("a report that was answered");
    await ann.picture("report-answered");
    told("sees what was decided");

    await ann.open("Beacon");
    const placeholder = ann.page.locator(".restricted");
    for (const _ of ["told by the server's redaction", "and in its place"]) {
        await placeholder.getByText("This was removed", { exact: true }).waitFor();
        await placeholder.getByText("It broke the rules of this server.").waitFor();
        await placeholder.getByText("Category: Hate speech, defamation").waitFor();
        check((await ann.message("They are all liars").count()) === 0, "it is not read any more");
        await ann.page.reload();
    }
    const contest = await placeholder.getByRole("link", { name: "How it can be contested" }).getAttribute("href");
    check((await fetch(contest)).ok, `there is a page about it: ${contest}`);
    await ann.accessible("what stands in the place of a message");
    await ann.picture("placeholder");
    told("others see that it was removed, and why");

    await eve.page.getByText("A decision concerns something of yours.").waitFor();
    await eve.accessible("news of a decision");
    await eve.picture("decision-news");
    await eve.button("Read it").click();
    for (const said of [
        "This decision holds",
        "Your message was removed.",
        "This holds everywhere, until it is lifted.",
        "They are all liars",
        "One message in a public room, reported by a member.",
        "No hatred against people for what they are or believe.",
        "Category: Hate speech, defamation",
        "It insults a group of people for their religion.",
        "It was reported to the people who look after this server.",
        "It was decided by people, without automated means.",
        "You can also turn to a certified out-of-court dispute settlement body, or to a court.",
    ]) {
        await safety(eve).getByText(said, { exact: true }).waitFor();
    }
    await eve.page.getByText("A decision concerns something of yours.").waitFor({ state: "detached" });
    await eve.accessible("the reasons of a decision");
    await eve.picture("decision");
    told("the other one reads the reasons");

    await safety(eve).getByRole("button", { name: "I disagree" }).click();
    await eve.page.keyboard.type("I quoted it to answer it.");
    await eve.accessible("a complaint");
    await safety(eve).getByRole("button", { name: "Complain" }).click();
    await safety(eve).getByText("Your complaint is being looked at").waitFor();
    told("complained");

    await desk({ do: "reverse" });
    await safety(eve).getByText("This decision was reversed: everything is restored").waitFor();
    await safety(eve).getByText("It was a quotation.").waitFor();
    await safety(eve).getByText("This was lifted.").waitFor();
    await eve.accessible("a decision that was reversed");
    await eve.picture("decision-reversed");
    await eve.page.getByRole("link", { name: /Beacon.*They are all liars/ }).waitFor();
    await ann.open("Notices of tower.test");
    await ann.open("Beacon"); // what is in sight is looked at again after a while, and at once when one comes back
    await ann.message("They are all liars").waitFor();
    check((await placeholder.count()) === 0, "what was restored is there as it was");
    told("the decision was reversed");

    await eve.chat("Notices of tower.test").click();
    await eve.page.getByText("A decision about something of yours", { exact: true }).waitFor();
    await eve.page.getByText("Your complaint was answered", { exact: true }).first().waitFor();
    await eve.page.locator(".room-header").getByText("Official messages of this server").waitFor();
    check((await eve.field().count()) === 0, "nobody writes to the server");
    await eve.accessible("the room of the server");
    await eve.picture("notices");
    await eve.button("More").click();
    await eve.page.getByRole("menuitem", { name: "Mute" }).first().waitFor();
    check((await eve.page.getByRole("menuitem", { name: /Leave|Report|Poll/ }).count()) === 0, "one neither leaves, reports nor asks the server");
    await eve.page.keyboard.press("Escape");
    told("the room of the server is known for what it is");

    await ann.open("Beacon");
    await ann.page.getByTitle("About this chat").click();
    await ann.button("Members").click();
    await ann.button("What to do with Eve").click();
    await ann.page.getByRole("menuitem", { name: "Report this person" }).click();
    await ann.page.getByRole("radio", { name: "Bullying, harassment, stalking" }).check();
    await ann.button("Next").click();
    await ann.button("Look at what is sent").click();
    await ann.dialog().getByText("Eve (@eve:tower.test)").waitFor();
    await ann.button("Send the report").click();
    await ann.dialog("Thank you").getByRole("button", { name: "Block Eve" }).click();
    await ann.dialog("Thank you").getByText("Eve is blocked.").waitFor();
    await desk({ do: "limit" });
    await eve.page.getByRole("status").getByText("Your account is limited", { exact: false }).waitFor();
    await eve.accessible("an account that is limited");
    await eve.picture("limited");
    told("an account that is limited is told so");

    const wrong = [...ann.wrong, ...eve.wrong];
    check(wrong.length === 0, `nothing went wrong in the pages: ${wrong.join("\n")}`);
    told("done");
} catch (error) {
    await ann?.picture("reported-in-the-open-failed");
    await eve?.picture("reported-in-the-open-failed-eve");
    throw error;
} finally {
    closeDesk();
    await browser.close();
}
