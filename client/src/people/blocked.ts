import { type ReadonlySignal, signal } from "@preact/signals";
import { ClientEvent, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";

const LIST = "m.ignored_user_list";

/** Whom this person has blocked (Client-Server API v1.19, "Ignoring Users"): the server sends nothing of theirs. */
export function useBlocked(): readonly string[] {
    const { client } = useMatrix();
    const [blocked] = useState(() => signal(client.getIgnoredUsers()));
    useEffect(() => {
        const look = (event: MatrixEvent): void => {
            if (event.getType() === LIST) blocked.value = client.getIgnoredUsers();
        };
        client.on(ClientEvent.AccountData, look);
        return () => void client.off(ClientEvent.AccountData, look);
    }, [client, blocked]);
    return (blocked as ReadonlySignal<readonly string[]>).value;
}

/** Block somebody, or stop it; other people in the list stay as they are. */
export async function setBlocked(client: MatrixClient, userId: string, isBlocked: boolean): Promise<void> {
    const others = client.getIgnoredUsers().filter((each) => each !== userId);
    await client.setIgnoredUsers(isBlocked ? [...others, userId] : others);
}
