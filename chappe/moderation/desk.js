// The desk's keys, and what is new without reloading. Every page works without this file.
"use strict";
(() => {
    const PLACE = "chappe-desk-keys";
    const choice = document.getElementById("keys-on");
    const rows = () => [...document.querySelectorAll("[data-row]")];
    let isOn = true;
    try {
        isOn = localStorage.getItem(PLACE) !== "off";
    } catch {
        // without storage the keys are on
    }

    // Single keys can be turned off (WCAG 2.1.4): speech input types letters.
    if (choice) {
        choice.disabled = false;
        choice.checked = isOn;
        choice.addEventListener("change", () => {
            isOn = choice.checked;
            try {
                localStorage.setItem(PLACE, isOn ? "on" : "off");
            } catch {
                // it holds for this page
            }
        });
    }

    const isWriting = (element) =>
        element.matches("textarea, select, [contenteditable]") || (element.matches("input") && !["checkbox", "radio"].includes(element.type));

    function move(step) {
        const all = rows();
        const at = all.indexOf(document.activeElement);
        all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]?.focus();
    }

    document.addEventListener("keydown", (event) => {
        if (!isOn || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
        if (event.key === "Escape" && isWriting(document.activeElement)) return document.activeElement.blur();
        if (isWriting(event.target)) return;
        if (event.key === "j" || event.key === "k") return move(event.key === "j" ? 1 : -1);
        const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
        if (!wanted) return;
        event.preventDefault();
        if (isWriting(wanted)) wanted.focus();
        else wanted.click();
    });

    // One press decides once.
    document.addEventListener("submit", (event) => {
        if (event.target.dataset.sent) event.preventDefault();
        event.target.dataset.sent = "1";
    });
    window.addEventListener("pageshow", () => {
        for (const form of document.forms) delete form.dataset.sent;
    });

    // What waits is fetched again now and then; not while somebody is in the middle of it, or looks elsewhere, and not
    // for ever: a session that nobody uses has to end.
    const USED_MS = 10 * 60_000;
    let used = Date.now();
    for (const kind of ["keydown", "pointerdown", "pointermove"]) document.addEventListener(kind, () => { used = Date.now(); }, { passive: true });
    const live = document.querySelector("[data-live]");
    if (live) {
        const every = Number(live.dataset.seconds ?? 30) * 1000;
        setInterval(async () => {
            const now = document.querySelector("[data-live]");
            if (!now || document.hidden || Date.now() - used > USED_MS || now.contains(document.activeElement)) return;
            const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
            if (!answer?.ok || answer.redirected) return;
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const fresh = page.querySelector("[data-live]");
            if (fresh) now.replaceWith(document.adoptNode(fresh));
            else if (page.querySelector("main")) location.reload();
        }, every);
    }
})();
