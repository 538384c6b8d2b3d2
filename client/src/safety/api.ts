import { type MatrixClient, MatrixError, Method } from "matrix-js-sdk";

/** What the safety desk answers (`chappe/moderation/routes_own.py`); times are milliseconds since 1970. */
const PREFIX = "/_chappe/client/v1/safety";

export type ItemKind = "event" | "room" | "account";
export type Door = "report" | "notice";
export type Proof = "public" | "verified" | "unverified";

/** A text in each language that the server has; English is always among them. */
export interface Told {
    en: string;
    [language: string]: unknown;
}

export interface Keyword extends Told {
    keyword: string;
    is_child_abuse: boolean;
}

export interface Category extends Told {
    category: string;
    /** The law forbids none of it; the rules of this server may. */
    is_terms_only: boolean;
    keywords: Keyword[];
}

export interface Term extends Told {
    id: string;
}

export interface Catalogue {
    categories: Category[];
    terms: Term[];
    limits: { reason_chars: number; messages: number; message_bytes: number; complaint_days: number };
}

/** A message as it is handed over. */
export interface Disclosed {
    event_id: string;
    type: string;
    content: Record<string, unknown>;
    opening?: string;
}

export interface Report {
    kind: ItemKind;
    room_id?: string;
    event_id?: string;
    user_id?: string;
    door: Door;
    category?: string;
    keyword?: string;
    reason?: string;
    law?: string;
    country?: string;
    good_faith?: boolean;
    is_threat?: boolean;
    disclosed?: Disclosed[];
}

export interface Complaint {
    id: string;
    text: string;
    filed_at: number;
    state: "open" | "upheld" | "partly_reversed" | "reversed" | "omitted";
    answer: string;
    decided_at: number | null;
}

export interface Filed {
    id: string;
    kind: ItemKind;
    item: string;
    room_id: string;
    door: Door | "automatic";
    category: string;
    reason: string;
    proof: Proof;
    filed_at: number;
    state: "open" | "decided";
    decision: Answer | null;
    complaint: Complaint | null;
}

export type Automation = "not" | "partially" | "fully";

export interface Answer {
    id: string;
    at: number;
    outcome: "restricted" | "no_action" | "reversed" | "partly_reversed";
    state: string;
    explanation: string;
    automation: Automation;
    complain_until: number;
}

export interface Measure {
    kind: "event" | "room" | "account" | "media";
    subject: string;
    measure: string;
    territories: string[];
    /** Null: until it is lifted. */
    until: number | null;
}

/** The statement of reasons: Art. 17(3) DSA. */
export interface Statement {
    decision: string;
    at: number;
    item: string;
    room_id: string;
    measures: Measure[];
    facts: string;
    source: "notice" | "trusted_flagger" | "other_notification" | "own_initiative";
    notified_by: string;
    detected_automatically: boolean;
    automation: Automation;
    rule: string;
    ground: "law" | "terms";
    ground_reference: string;
    explanation: string;
    category: string;
    to_user: string;
    complain_until: number;
}

export interface Decision extends Statement {
    kind: ItemKind;
    state: "standing" | "reversed" | "partly_reversed";
    /** Of each measure, whether it has not been lifted. */
    holds: boolean[];
    term: Term | null;
    snapshot: Record<string, unknown>;
    complaint: Complaint | null;
}

export interface Page<T> {
    items: T[];
    next: number | null;
}

export class Safety {
    constructor(private readonly client: MatrixClient) {}

    private ask<T>(method: Method, path: string, query?: Record<string, string>, body?: object): Promise<T> {
        return this.client.http.authedRequest<T>(method, path, query, body, { prefix: PREFIX });
    }

    catalogue(): Promise<Catalogue> {
        return this.ask(Method.Get, "/categories");
    }

    file(report: Report): Promise<{ id: string; proof: Proof }> {
        return this.ask(Method.Post, "/reports", undefined, report);
    }

    async reports(before: number | null): Promise<Page<Filed>> {
        const query = before === null ? undefined : { before: `${before}` };
        const told = await this.ask<{ reports: Filed[]; next_batch?: number }>(Method.Get, "/reports", query);
        return { items: told.reports, next: told.next_batch ?? null };
    }

    async decisions(before: number | null): Promise<Page<Decision>> {
        const query = before === null ? undefined : { before: `${before}` };
        const told = await this.ask<{ decisions: Decision[]; next_batch?: number }>(Method.Get, "/decisions", query);
        return { items: told.decisions, next: told.next_batch ?? null };
    }

    decision(id: string): Promise<Decision> {
        return this.ask(Method.Get, `/decisions/${encodeURIComponent(id)}`);
    }

    /** `report`: the complaint is about what was not done about it. */
    complain(decision: string, text: string, report = ""): Promise<{ id: string }> {
        const path = `/decisions/${encodeURIComponent(decision)}/complaint`;
        return this.ask(Method.Post, path, undefined, { text, report });
    }
}

let known: { client: MatrixClient; catalogue: Promise<Catalogue> } | null = null;

/** The categories and terms: asked for once, and again after a failure. */
export function catalogueOf(client: MatrixClient): Promise<Catalogue> {
    if (known?.client !== client) {
        const catalogue = new Safety(client).catalogue();
        known = { client, catalogue };
        catalogue.catch(() => (known = null));
    }
    return known.catalogue;
}

/** Why it did not work: no answer came, the server says why not, or it has had too much of it. */
export type Trouble = { kind: "offline" } | { kind: "tooMany" } | { kind: "refused"; why: string };

export function troubleOf(error: unknown): Trouble {
    if (!(error instanceof MatrixError)) return { kind: "offline" };
    if (error.errcode === "M_LIMIT_EXCEEDED") return { kind: "tooMany" };
    return { kind: "refused", why: error.data.error ?? error.message };
}
