// What the scripts share that measure: accounts without a browser, and how busy a page is.

import { PASSWORD } from "./browser.mjs";

const LONG_MS = 50;

export async function ask(address, method, path, token, body) {
    const answer = await fetch(`${address}/_matrix/client/v3${path}`, {
        method,
        headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
        body: body && JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok && answer.status !== 401) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
}

export async function account(address, name) {
    const wanted = { username: name, password: PASSWORD, inhibit_login: false };
    const { session, flows } = await ask(address, "POST", "/register", null, wanted);
    let made = { session, flows };
    for (const type of flows?.[0].stages ?? []) made = await ask(address, "POST", "/register", null, { ...wanted, auth: { type, session } });
    return made;
}

/** Tasks longer than 50 ms and the time from a key to what it draws, while `act` goes on. */
export async function measured(page, act) {
    await page.evaluate((long) => {
        window.tasks = [];
        window.keys = [];
        new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
        new PerformanceObserver((list) => window.keys.push(...list.getEntries().filter(({ name }) => name === "keydown").map(({ duration }) => duration))).observe({ type: "event", durationThreshold: 16 });
        return long;
    }, LONG_MS);
    await act();
    return page.evaluate(() => new Promise((done) => setTimeout(() => done({ tasks: window.tasks, keys: window.keys }), 200)));
}

export function told(what, { tasks, keys }) {
    const ms = (list) => Math.round(Math.max(0, ...list));
    return `${what}: ${tasks.length} tasks over ${LONG_MS} ms, the longest ${ms(tasks)} ms; the slowest key ${ms(keys)} ms`;
}
