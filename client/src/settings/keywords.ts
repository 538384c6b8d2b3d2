import { type MatrixClient, type PushRuleAction, PushRuleActionName, PushRuleKind, TweakName } from "matrix-js-sdk";

/** Like a mention: told of, heard, and marked. */
const ACTIONS: PushRuleAction[] = [
    PushRuleActionName.Notify,
    { set_tweak: TweakName.Sound, value: "default" },
    { set_tweak: TweakName.Highlight },
];

/** Words that this person wants to hear of, in all clients: the rules about content that are not the server's own. */
export function keywordsOf(client: MatrixClient): string[] {
    const rules = client.pushRules?.global.content ?? [];
    return rules.flatMap((rule) => (!rule.default && rule.enabled && rule.pattern ? [rule.pattern] : [])).sort();
}

export async function addKeyword(client: MatrixClient, word: string): Promise<void> {
    const rule = { pattern: word, actions: ACTIONS };
    await client.addPushRule("global", PushRuleKind.ContentSpecific, idOf(word), rule);
    client.setPushRules(await client.getPushRules());
}

export async function removeKeyword(client: MatrixClient, word: string): Promise<void> {
    const rules = client.pushRules?.global.content?.filter((rule) => !rule.default && rule.pattern === word) ?? [];
    for (const rule of rules) {
        await client.deletePushRule("global", PushRuleKind.ContentSpecific, rule.rule_id);
    }
    client.setPushRules(await client.getPushRules());
}

/** A rule may be called anything without these signs, and not begin with a dot (Client-Server API v1.19, "Push Rules"). */
function idOf(word: string): string {
    return word.replace(/[/\\]/g, " ").replace(/^\./, " .");
}
