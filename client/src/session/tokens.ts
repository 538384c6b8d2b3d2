import { ask, Refusal } from "./ask";
import { type Session, writeSession } from "./kept";

interface Refreshed {
    access_token: string;
    refresh_token?: string;
    expires_in_ms?: number;
}

/** A token that ends within this time is renewed before it is used. */
const SOON_MS = 10_000;

/**
 * The access token of the session, renewed with its refresh token when it ends. The SDK makes its requests with
 * `fetch` of this class and never learns of it.
 */
export class Tokens {
    private renewing: Promise<void> | null = null;

    /** `changed` hears of every new access token. */
    changed: (accessToken: string) => void = () => undefined;

    constructor(readonly session: Session) {}

    readonly fetch: typeof fetch = async (input, init) => {
        const headers = new Headers(init?.headers);
        if (!headers.has("Authorization")) return fetch(input, init);
        if (this.endsSoon()) await this.renew().catch(() => undefined); // the answer to the request says what is wrong
        const used = this.session.accessToken;
        const response = await fetch(input, withToken(init, headers, used));
        if (response.status !== 401 || !this.session.refreshToken || !(await isUnknownToken(response))) return response;
        if (used === this.session.accessToken) {
            try {
                await this.renew();
            } catch (error) {
                if (error instanceof Refusal) return response;
                throw new TypeError("The server cannot be reached.");
            }
        }
        return fetch(input, withToken(init, headers, this.session.accessToken));
    };

    private endsSoon(): boolean {
        const { refreshToken, expiresAt } = this.session;
        return refreshToken !== undefined && expiresAt !== undefined && expiresAt - Date.now() < SOON_MS;
    }

    private renew(): Promise<void> {
        this.renewing ??= this.renewOnce().finally(() => {
            this.renewing = null;
        });
        return this.renewing;
    }

    private async renewOnce(): Promise<void> {
        const body = { refresh_token: this.session.refreshToken };
        const answer = await ask<Refreshed>("POST", "/_matrix/client/v3/refresh", body);
        this.session.accessToken = answer.access_token;
        if (answer.refresh_token) this.session.refreshToken = answer.refresh_token;
        if (answer.expires_in_ms) this.session.expiresAt = Date.now() + answer.expires_in_ms;
        await writeSession(this.session);
        this.changed(answer.access_token);
    }
}

function withToken(init: RequestInit | undefined, headers: Headers, token: string): RequestInit {
    headers.set("Authorization", `Bearer ${token}`);
    return { ...init, headers };
}

async function isUnknownToken(response: Response): Promise<boolean> {
    const said = (await response
        .clone()
        .json()
        .catch(() => ({}))) as Record<string, unknown>;
    return said["errcode"] === "M_UNKNOWN_TOKEN";
}
