import { ask, Refusal } from "./ask";
import { beginWith, type Credentials, deviceName } from "./logIn";
import { work } from "./work";

const REGISTER = "/_matrix/client/v3/register";
const TOKEN = "m.login.registration_token";
const TERMS = "m.login.terms";
const DUMMY = "m.login.dummy";
const WORK = "org.chappe.login.work";

export interface Document {
    name: string;
    url: string;
}

/** What the server wants of somebody who makes an account (spec: "User-Interactive Authentication API"). */
export interface Wanted {
    stages: string[];
    needsToken: boolean;
    documents: Document[];
}

interface Parameters {
    policies?: Record<string, Record<string, { name: string; url: string }>>;
    prefix?: string;
    bits?: number;
}

interface Challenge {
    session: string;
    flows: { stages: string[] }[];
    completed?: string[];
    params?: Record<string, Parameters>;
}

export class Unsupported extends Error {}

/** Ask the server what it wants. Refused with 403 where nobody may register. */
export async function whatIsWanted(language: string): Promise<Wanted> {
    const challenge = await challenged({});
    const known = new Set([TOKEN, TERMS, DUMMY, WORK]);
    const flow = challenge.flows.find(({ stages }) => stages.every((stage) => known.has(stage)));
    if (!flow) throw new Unsupported();
    const policies = Object.values(challenge.params?.[TERMS]?.policies ?? {});
    const spoken = language.split("-", 1)[0] ?? "en";
    const documents = policies.flatMap(
        (policy) => policy[language] ?? policy[spoken] ?? policy["en"] ?? Object.values(policy).slice(0, 1),
    );
    return { stages: flow.stages, needsToken: flow.stages.includes(TOKEN), documents: documents.filter(isDocument) };
}

function isDocument(policy: unknown): policy is Document {
    return typeof policy === "object" && policy !== null && "url" in policy;
}

/** Make an account, and log in with it. Returns whether it has to be approved first. */
export async function signUp(wanted: Wanted, name: string, password: string, token: string): Promise<boolean> {
    const body = {
        username: name.trim().toLowerCase(),
        password,
        refresh_token: true,
        initial_device_display_name: deviceName(),
    };
    let challenge = await challenged(body);
    for (const [i, type] of wanted.stages.entries()) {
        const { prefix, bits } = challenge.params?.[WORK] ?? {};
        const auth = {
            type,
            session: challenge.session,
            ...(type === TOKEN ? { token: token.trim() } : {}),
            ...(type === WORK && prefix && bits ? { nonce: await work(prefix, bits) } : {}),
        };
        if (i < wanted.stages.length - 1) {
            challenge = await challenged({ ...body, auth }, type);
            continue;
        }
        const made = await ask<Partial<Credentials>>("POST", REGISTER, { ...body, auth });
        if (!made.access_token) return true;
        await putName(made as Credentials, name.trim());
        await beginWith(made as Credentials);
    }
    return false;
}

/** What was typed as user name is also how the others see this person, capitals included, until they choose better. */
export async function putName(made: Credentials, displayname: string): Promise<void> {
    const path = `/_matrix/client/v3/profile/${encodeURIComponent(made.user_id)}/displayname`;
    await ask("PUT", path, { displayname }, made.access_token).catch(() => undefined); // the account is there without it
}

/** The answer 401 that says what is left to do; `completed` must be among what is done. */
async function challenged(body: object, completed?: string): Promise<Challenge> {
    try {
        await ask("POST", REGISTER, body);
    } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 401 || !error.body["session"]) throw error;
        const challenge = error.body as unknown as Challenge;
        if (completed && !challenge.completed?.includes(completed)) throw error;
        return challenge;
    }
    throw new Unsupported(); // an account without any stage: no such flow was asked for
}
