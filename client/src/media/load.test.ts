import type { MatrixClient } from "matrix-js-sdk";
import { afterEach, expect, test, vi } from "vitest";
import { Gone, load, restrictionOn, Withheld } from "./load";

const client = { getAccessToken: () => "token" } as unknown as MatrixClient;
const source = { mxc: "mxc://tower.test/abc", encrypted: null };
const told = { measure: "blocked", decision: "d", ground: "law", territories: ["FR"], told: {} };

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: object | null): void {
    const answer = async (): Promise<Response> => new Response(body && JSON.stringify(body), { status });
    vi.stubGlobal("fetch", answer);
}

test.each([451, 403])("what is withheld says by what: %i", async (status) => {
    answers(status, { errcode: "M_X", "org.chappe.restricted": told });
    await expect(load(client, source)).rejects.toBeInstanceOf(Withheld);
    expect(await restrictionOn(client, source.mxc)).toMatchObject({ measure: "blocked", territories: ["FR"] });
});

test("what is only not there, or for others, is no restriction", async () => {
    answers(403, { errcode: "M_FORBIDDEN" });
    const failed = load(client, source);
    await expect(failed).rejects.toBeInstanceOf(Gone);
    await expect(failed).rejects.not.toBeInstanceOf(Withheld);
    expect(await restrictionOn(client, source.mxc)).toBeNull();
    expect(await restrictionOn(client, "no address")).toBeNull();
});
