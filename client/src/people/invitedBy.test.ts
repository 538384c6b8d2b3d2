import { type MatrixClient, MatrixError } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { invitedBy, setInvitedBy, whyNotInvited } from "./invitedBy";

const having = (content: object | null): MatrixClient =>
    ({ getAccountData: () => content && { getContent: () => content } }) as unknown as MatrixClient;

test.each([
    [null, "all"],
    [{}, "all"],
    [{ default_action: "block" }, "nobody"],
    [{ default_action: "org.chappe.known" }, "known"],
    [{ default_action: "something new" }, "all"],
    [{ default_action: 7 }, "all"],
] as const)("%j", (content, by) => expect(invitedBy(having(content))).toBe(by));

test("everybody is said by saying nothing", async () => {
    const said: unknown[] = [];
    const client = { setAccountData: async (...all: unknown[]) => void said.push(...all) } as unknown as MatrixClient;
    await setInvitedBy(client, "all");
    await setInvitedBy(client, "nobody");
    expect(said).toEqual(["m.invite_permission_config", {}, "m.invite_permission_config", { default_action: "block" }]);
});

test("who does not want it is named", () => {
    const no = new MatrixError({ errcode: "M_INVITE_BLOCKED", error: "@ann:b does not want to be invited." }, 403);
    expect(whyNotInvited(no)).toContain("@ann:b");
    expect(whyNotInvited(new MatrixError({ errcode: "M_FORBIDDEN" }, 403))).toBeNull();
    expect(whyNotInvited(new Error())).toBeNull();
});
