import { expect, test } from "vitest";
import { draftOf, forgetDrafts } from "./drafts";

test("drafts outlive a reload, but not logging out", () => {
    draftOf("!a:b").value = "half a thought";
    sessionStorage.setItem("chappe.draft.!never-opened:b", "from before the reload");
    expect(sessionStorage.getItem("chappe.draft.!a:b")).toBe("half a thought");
    forgetDrafts();
    expect(sessionStorage.length).toBe(0);
    expect(draftOf("!a:b").value).toBe("");
});
