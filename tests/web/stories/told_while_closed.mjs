// Somebody wants to be told while the client is closed. The browser's maker cannot be reached from here, so what its
// service would do is done through the browser's own tools: it gives a subscription, and delivers what the server sent.

import { check, Person, startBrowser } from "../browser.mjs";

const [address] = process.argv.slice(2);
const browser = await startBrowser();
const told = (step) => console.log(step);
const WHILE_CLOSED = "Also while Chappe is closed";
/** Some point of the curve P-256: its generator. */
const POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

/** The push service of the browser's maker, in each page of a person. */
async function withPushService(context) {
    const service = { refuses: true, isGiven: false, asked: null };
    await context.exposeFunction("pushServiceState", (change) => Object.assign(service, change));
    await context.addInitScript((point) => {
        const given = (options) => ({
            options,
            toJSON: () => ({ endpoint: "https://push.example.org/elsa", keys: { p256dh: point, auth: "A".repeat(22) } }),
            unsubscribe: async () => !(await window.pushServiceState({ isGiven: false })).isGiven,
        });
        const key = async () => Uint8Array.from(atob(((await window.pushServiceState({})).asked ?? "").replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0)).buffer;
        PushManager.prototype.subscribe = async (options) => {
            if ((await window.pushServiceState({})).refuses) throw new DOMException("push service error", "AbortError");
            await window.pushServiceState({ isGiven: options.userVisibleOnly, asked: btoa(String.fromCharCode(...options.applicationServerKey)) });
            return given({ applicationServerKey: await key() });
        };
        PushManager.prototype.getSubscription = async () => ((await window.pushServiceState({})).isGiven ? given({ applicationServerKey: await key() }) : null);
    }, POINT);
    return service;
}

try {
    const [elsa, finn] = await Promise.all([
        Person.arrive(browser, address, "Elsa", { permissions: ["notifications"] }),
        Person.arrive(browser, address, "Finn"),
    ]);
    const { page, context } = elsa;
    const service = await withPushService(context);
    await page.reload();
    await Promise.all([elsa.signUp(), finn.signUp()]);
    await finn.beginChatWith(elsa);
    await finn.say("The first signal");
    await elsa.chat("Finn").click();
    await elsa.button("Accept").click();
    await elsa.message("The first signal").waitFor();
    const roomId = decodeURIComponent(new URL(page.url()).hash.split("/")[2]);

    await page.goto(`${address}/#/settings/notifications`);
    await page.getByLabel("Show notices while Chappe is open here").check();
    await page.getByLabel(WHILE_CLOSED).click();
    await page.getByRole("alert").waitFor();
    check(!(await page.getByLabel(WHILE_CLOSED).isChecked()), "a browser that could not be signed up is not shown as if it were");
    await elsa.accessible("notifications that failed");
    await elsa.picture("told-while-closed-failed");
    service.refuses = false;
    const set = page.waitForRequest((request) => request.url().endsWith("/pushers/set"));
    await page.getByLabel(WHILE_CLOSED).click();
    const pusher = (await set).postDataJSON();
    check((await (await set).response()).ok(), "the server takes the pusher");
    check(pusher.app_id === "chappe.web" && pusher.data.endpoint === "https://push.example.org/elsa", "it learns where to tell this browser");
    await page.getByLabel(WHILE_CLOSED).and(page.locator(":checked")).waitFor();
    await page.waitForFunction(
        (id) =>
            new Promise((resolve) => {
                const opening = indexedDB.open("chappe-push");
                opening.onsuccess = () => {
                    const asked = opening.result.transaction("kept").objectStore("kept").get("kept");
                    asked.onsuccess = () => resolve(asked.result?.names[id] === "Finn");
                };
            }),
        roomId,
    );
    await elsa.picture("told-while-closed");
    told("signed up a browser");

    await page.getByLabel("A word or a name").fill("semaphore");
    await elsa.button("Add").click();
    await elsa.button("Remove “semaphore”").waitFor();
    await elsa.accessible("keywords");
    told("chose a word to hear of");

    const cdp = await context.newCDPSession(page);
    const registered = new Promise((resolve) => {
        cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => first && resolve(first.registrationId));
    });
    await cdp.send("ServiceWorker.enable");
    const registrationId = await registered;
    const [worker] = context.serviceWorkers();
    const deliver = (what) => cdp.send("ServiceWorker.deliverPushMessage", { origin: address, registrationId, data: JSON.stringify(what) });
    const shown = () => worker.evaluate(async () => (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`));
    const until = async (...expected) => {
        let now = [];
        for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((again) => setTimeout(again, 50))) {
            now = (await shown()).sort();
            if (`${now}` === `${expected}`) return;
        }
        check(false, `${expected} is shown, and not ${now}`);
    };
    const ids = (eventId, more) => ({ event_id: eventId, room_id: roomId, prio: "high", counts: { unread: 1 }, tweaks: {}, ...more });

    await page.goto("about:blank"); // the client is closed; its service worker is what is left of it
    await deliver(ids("$one"));
    await until("Finn: New message");
    await deliver(ids("$two", { room_id: "!public:tower.test", room_name: "Square", sender_display_name: "Gus", content: { body: "Fog" } }));
    await deliver(ids("$three"));
    await until("Finn: New message", "Square: Gus: Fog");
    told("was told while the client was closed, without a text that is encrypted");
    await deliver({ counts: {} });
    await until();
    told("what was read elsewhere is no longer told");

    await page.goto(address);
    await elsa.atList();
    await worker.evaluate((id) => registration.showNotification("Finn", { tag: id, data: { roomId: id, eventId: "$one" } }), roomId);
    await worker.evaluate(async () => {
        const [notification] = await registration.getNotifications();
        dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    });
    await elsa.message("The first signal").waitFor();
    told("opened the chat from it");

    await finn.say("The second signal");
    await elsa.message("The second signal").waitFor();
    await page.goto(`${address}/#/settings/notifications`);
    await finn.say("The third signal");
    await page.waitForFunction(() => /^\(\d\) /.test(document.title)); // one, or two where the one before was not read yet
    check((await page.locator('link[rel="icon"]').getAttribute("href")).includes("news"), "the tab shows that there is something");
    await elsa.logOut();
    check(!service.isGiven, "nobody is told after logging out");
    told("logged out, and is told no more");
    check(elsa.wrong.length + finn.wrong.length === 0, [...elsa.wrong, ...finn.wrong].join("\n"));
    told("done");
} catch (error) {
    console.error(error);
    process.exitCode = 1;
}
await browser.close();
