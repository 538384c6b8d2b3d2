import { afterEach, expect, test, vi } from "vitest";
import type { Session } from "./kept";
import { Tokens } from "./tokens";

vi.mock("./kept", () => ({ writeSession: async () => undefined }));

afterEach(() => vi.unstubAllGlobals());

/** A server whose access tokens are `access 0`, `access 1` …; only the newest holds. */
function server({ newest = 0, refuses = false } = {}) {
    const asked: string[] = [];
    const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status });
    vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
        const token = new Headers(init?.headers).get("Authorization");
        asked.push(`${input} ${token ?? "-"}`);
        if (input.endsWith("/refresh")) {
            if (refuses) return answer(401, { errcode: "M_UNKNOWN_TOKEN", soft_logout: true });
            newest++;
            return answer(200, {
                access_token: `access ${newest}`,
                refresh_token: `refresh ${newest}`,
                expires_in_ms: 300_000,
            });
        }
        return token === `Bearer access ${newest}` ? answer(200, {}) : answer(401, { errcode: "M_UNKNOWN_TOKEN" });
    });
    return asked;
}

function session(more: Partial<Session> = {}): Session {
    return {
        userId: "@ann:t",
        deviceId: "D",
        accessToken: "access 0",
        refreshToken: "refresh 0",
        storageKey: "",
        ...more,
    };
}

const ASKING = { headers: { Authorization: "Bearer whatever the SDK believes" } };

test("a token that holds is used", async () => {
    const asked = server();
    expect((await new Tokens(session()).fetch("/sync", ASKING)).status).toBe(200);
    expect(asked).toEqual(["/sync Bearer access 0"]);
});

test("one that ends soon is renewed before", async () => {
    const asked = server();
    const tokens = new Tokens(session({ expiresAt: Date.now() + 1_000 }));
    const told: string[] = [];
    tokens.changed = (token) => told.push(token);
    expect((await tokens.fetch("/sync", ASKING)).status).toBe(200);
    expect(asked.at(-1)).toBe("/sync Bearer access 1");
    expect(told).toEqual(["access 1"]);
    expect(tokens.session.refreshToken).toBe("refresh 1");
});

test("one that has ended is renewed once for all who ask", async () => {
    const asked = server({ newest: 7 });
    const tokens = new Tokens(session());
    const answers = await Promise.all([1, 2, 3].map(() => tokens.fetch("/sync", ASKING)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked.filter((each) => each.includes("/refresh"))).toHaveLength(1);
});

test("where the server refuses that, the login has ended", async () => {
    server({ newest: 7, refuses: true });
    expect((await new Tokens(session()).fetch("/sync", ASKING)).status).toBe(401);
});

test("what needs no token gets none", async () => {
    const asked = server();
    await new Tokens(session()).fetch("/versions");
    expect(asked).toEqual(["/versions -"]);
});
