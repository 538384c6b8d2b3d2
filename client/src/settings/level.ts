import { type MatrixClient, PushRuleKind, RuleId } from "matrix-js-sdk";

export type Level = "all" | "mentions" | "nothing";

/** The server's own rules that tell of every message (Client-Server API v1.19, "Default Underride Rules"). */
const EVERY_MESSAGE: readonly string[] = [RuleId.Message, RuleId.EncryptedMessage, RuleId.DM, RuleId.EncryptedDM];

/** What this person is told of, in all clients. */
export function levelOf(client: MatrixClient): Level {
    const rules = client.pushRules?.global;
    if (rules?.override?.some((rule) => rule.rule_id === RuleId.Master && rule.enabled)) return "nothing";
    const those = rules?.underride?.filter((rule) => EVERY_MESSAGE.includes(rule.rule_id)) ?? [];
    return those.length > 0 && those.every((rule) => !rule.enabled) ? "mentions" : "all";
}

export async function setLevel(client: MatrixClient, level: Level): Promise<void> {
    await client.setPushRuleEnabled("global", PushRuleKind.Override, RuleId.Master, level === "nothing");
    if (level !== "nothing") {
        const known = client.pushRules?.global.underride?.map((rule) => rule.rule_id) ?? [];
        for (const rule of EVERY_MESSAGE.filter((each) => known.includes(each))) {
            await client.setPushRuleEnabled("global", PushRuleKind.Underride, rule, level === "all");
        }
    }
    client.setPushRules(await client.getPushRules());
}
