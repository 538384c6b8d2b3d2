// Messages of an encrypted chat are reported: proven where our client sent them, and unverified where another one did.

import { check, Person, startBrowser } from "../browser.mjs";
import { closeDesk, desk } from "../desk.mjs";

// What the other client tells its console, and what it needs beyond Node 20: tests/clients/encrypted_story.mjs.
for (const kind of ["trace", "debug", "info", "warn"]) console[kind] = () => {};
Promise.withResolvers ??= function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};
const { Person: Other } = await import("../../clients/person.mjs");

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => process.stdout.write(`${step}\n`);

async function beginReport(person, text) {
    const message = person.message(text);
    await message.hover();
    await message.getByRole("button", { name: "What to do with this message" }).click();
    await person.page.getByRole("menuitem", { name: "Report this message" }).click();
    await person.page.getByRole("radio", { name: "Violence, threats, trafficking" }).check();
    await person.button("Next").click();
}

async function send(person) {
    await person.button("Look at what is sent").click();
    const look = person.dialog("This is sent");
    await look.getByText("Exactly as it is sent").click();
    const shown = JSON.parse(await look.locator("pre").innerText());
    await look.getByRole("button", { name: "Send the report" }).click();
    await person.dialog("Thank you").getByRole("button", { name: "Close" }).last().click();
    return shown;
}

const bodies = (report) => report.disclosed.map(({ content }) => content.body).join("|");

let ann;
let eve;
let ben;
try {
    [ann, eve] = await Promise.all([Person.arrive(browser, address, "Ann"), Person.arrive(browser, address, "Eve")]);
    await Promise.all([ann.signUp(), eve.signUp()]);
    await ann.beginChatWith(eve);
    await eve.chat("Ann").click();
    await eve.accessible("a request of a stranger");
    await eve.picture("request");
    await eve.button("Accept").click();
    await eve.field().waitFor();
    await ann.say("The weather is fine");
    await eve.say("Hello Ann");
    await eve.say("I know where you live");
    await eve.say("Fear me");
    await ann.message("Fear me").waitFor();

    await beginReport(ann, "I know where you live");
    const handed = ann.dialog().getByRole("region", { name: "Messages that you hand over" });
    await handed.getByText("Its sender cannot deny it.").waitFor();
    check((await handed.getByRole("listitem").count()) === 1, "only the reported message is handed over by itself");
    await handed.getByRole("button", { name: "Add the message before" }).click();
    await handed.getByText("Hello Ann").first().waitFor();
    await handed.getByRole("button", { name: "Add the message after" }).click();
    await handed.getByText("Fear me").first().waitFor();
    await handed.getByRole("button", { name: /Do not hand it over Fear me/ }).click();
    check((await handed.getByRole("listitem").count()) === 2, "what was added is taken back");
    await ann.accessible("messages that are handed over");
    await ann.picture("report-messages");
    const shown = await send(ann);
    told("handed over one message, and then one more");

    const filed = await desk({ do: "filed" });
    check(filed.proof === "verified", `it is proven: ${JSON.stringify(filed)}`);
    check(bodies(shown) === "Hello Ann|I know where you live" && filed.bodies.join("|") === bodies(shown), `what was shown is what was sent: ${JSON.stringify(filed)}`);
    const keys = shown.disclosed.flatMap((one) => Object.keys(one)).concat(shown.disclosed.flatMap(({ content }) => Object.keys(content)));
    check(!keys.some((key) => /session|sender_key|ciphertext|org\.chappe/.test(key)), `no key of the chat is sent: ${keys}`);
    told("what our client sent is proven");

    ben = await Other.register(address, "ben");
    await ben.setUpKeys();
    const eyeColour = { preset: "private_chat", invite: ["@ann:tower.test"], is_direct: true };
    const encryption = [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }];
    const { room_id: roomId } = await ben.client.createRoom({ ...eyeColour, initial_state: encryption });
    await ann.page.keyboard.press("Escape");
    await ann.chat("ben").click();
    await ann.button("Accept").click();
    await ann.field().waitFor();
    await ben.until("sees Ann", () => ben.room(roomId)?.getMember("@ann:tower.test")?.membership === "join");
    await ben.client.sendTextMessage(roomId, "You will regret it");
    await ann.message("You will regret it").waitFor();
    await beginReport(ann, "You will regret it");
    await ann.dialog().getByText("It comes from another program and cannot be proven.", { exact: false }).waitFor();
    await send(ann);
    const unproven = await desk({ do: "filed" });
    check(unproven.proof === "unverified" && unproven.bodies.join() === "You will regret it", `it is not proven: ${JSON.stringify(unproven)}`);
    told("what another client sent is not");

    await ann.say("Leave me alone");
    const mine = await new Promise((resolve) => {
        const look = async () => {
            const found = ben.room(roomId)?.getLiveTimeline().getEvents().findLast((event) => event.getSender() === "@ann:tower.test" && event.getContent().body === "Leave me alone");
            if (found) resolve(found);
            else setTimeout(look, 100);
        };
        look();
    });
    check(mine.getContent()["org.chappe.opening"] && mine.getWireContent()["org.chappe.commitment"], "another client reads our message, and finds the key inside");
    await ben.client.reportEvent(roomId, mine.getId(), -100, "rude");
    const stock = await desk({ do: "filed" });
    check(stock.item === mine.getId() && stock.proof === "unverified", `a report of another client is not proven: ${JSON.stringify(stock)}`);
    told("what another client reports is not");

    await desk({ do: "remove" });
    await ann.page.getByText("A decision concerns something of yours.").waitFor();
    await ann.button("Read it").click();
    const safety = ann.page.getByRole("region", { name: "Safety" });
    await safety.getByText("Leave me alone", { exact: true }).waitFor(); // the device reads what the server cannot
    await safety.getByRole("button", { name: "I disagree" }).click();
    await safety.getByLabel("Why do you disagree?").fill("He had threatened me.");
    await safety.getByRole("button", { name: "Complain" }).click();
    await safety.getByText("Your complaint is being looked at").waitFor();
    await ann.picture("decision-encrypted");
    await desk({ do: "reverse" });
    await safety.getByText("This decision was reversed: everything is restored").waitFor();
    told("decided, contested and reversed");

    const wrong = [...ann.wrong, ...eve.wrong];
    check(wrong.length === 0, `nothing went wrong in the pages: ${wrong.join("\n")}`);
    told("done");
} catch (error) {
    await ann?.picture("reported-encrypted-failed");
    throw error;
} finally {
    closeDesk();
    ben?.close();
    await browser.close();
}
process.exit(); // the other client's crypto keeps the process alive
