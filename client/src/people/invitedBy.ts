import { signal } from "@preact/signals";
import { ClientEvent, type MatrixClient, MatrixError, type MatrixEvent } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";

/** Who may invite this person: an action of the specification, or one of our server. */
export type InvitedBy = "all" | "known" | "nobody";

const CONFIG = "m.invite_permission_config" as never; // the SDK's types do not have it yet
const ACTIONS: Record<InvitedBy, string | null> = { all: null, known: "org.chappe.known", nobody: "block" };

export function invitedBy(client: MatrixClient): InvitedBy {
    const action: unknown = client.getAccountData(CONFIG)?.getContent()["default_action"];
    const found = (Object.keys(ACTIONS) as InvitedBy[]).find((each) => ACTIONS[each] === action);
    return found ?? "all"; // so the specification says of what is not understood
}

/** The choice as all clients of this person have it. */
export function useInvitedBy(): InvitedBy {
    const { client } = useMatrix();
    const [chosen] = useState(() => signal(invitedBy(client)));
    useEffect(() => {
        const look = (event: MatrixEvent): void => {
            if (event.getType() === (CONFIG as string)) chosen.value = invitedBy(client);
        };
        client.on(ClientEvent.AccountData, look);
        return () => void client.off(ClientEvent.AccountData, look);
    }, [client, chosen]);
    return chosen.value;
}

export async function setInvitedBy(client: MatrixClient, to: InvitedBy): Promise<void> {
    const action = ACTIONS[to];
    await client.setAccountData(CONFIG, (action === null ? {} : { default_action: action }) as never);
}

/** Why somebody could not be invited, if it is they who do not want it. The server names them first. */
export function whyNotInvited(error: unknown): string | null {
    if (!(error instanceof MatrixError) || error.errcode !== "M_INVITE_BLOCKED") return null;
    const who = /^@\S+/.exec(String(error.data.error))?.[0];
    return who ? words.value.invites.unwanted(who) : words.value.invites.unwantedBySome;
}
