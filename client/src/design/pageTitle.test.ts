import { beforeEach, expect, test } from "vitest";
import { setTitle, showUnread } from "./pageTitle";

beforeEach(() => {
    document.head.innerHTML = '<title></title><link rel="icon" href="/icons/chappe.svg">';
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
