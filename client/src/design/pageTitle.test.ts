import { beforeEach, expect, test } from "vitest";
import { setTitle, showUnread } from "./pageTitle";

beforeEach(() => {
    document.head.innerHTML = '<title>Chappe</title><link rel="icon" href="/icons/chappe.svg">';
});

test("a page on which nothing was opened yet keeps its title", () => {
    showUnread(0);
    expect(document.title).toBe("Chappe");
    showUnread(2);
    expect(document.title).toBe("(2) Chappe");
});

test("what is unread stands before the title, whichever comes first", () => {
    setTitle("Tower");
    showUnread(3);
    expect(document.title).toBe("(3) Tower");
    setTitle("Hill");
    expect(document.title).toBe("(3) Hill");
    showUnread(1_000);
    expect(document.title).toBe("(99+) Hill");
    expect(document.querySelector("link")?.getAttribute("href")).toBe("/icons/chappe-news.svg");
    showUnread(0);
    expect(document.title).toBe("Hill");
    expect(document.querySelector("link")?.getAttribute("href")).toBe("/icons/chappe.svg");
});
