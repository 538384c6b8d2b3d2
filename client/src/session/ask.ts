/** What the server refuses: its error code, and what else it says. */
export class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly body: Record<string, unknown>,
    ) {
        super(String(body["error"] ?? `HTTP ${status}`));
    }

    get errcode(): string {
        return String(this.body["errcode"] ?? "");
    }

    get retryAfterMs(): number {
        return Number(this.body["retry_after_ms"] ?? 0);
    }
}

/** No answer came: there is no network, or no server. */
export class Unreachable extends Error {}

/** One request without the SDK, for everything before there is a session. */
export async function ask<T>(method: string, path: string, body?: unknown, accessToken?: string): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (accessToken) headers["Authorization"] = `Bearer ${accessToken}`;
    let response: Response;
    try {
        response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    } catch {
        throw new Unreachable();
    }
    const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok) throw new Refusal(response.status, said);
    return said as T;
}
