import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { navigate } from "../../app/route";
import { ask } from "../../design/Dialog";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { newerVersion, upgrade } from "./upgrade";

/** Replacing a group of an old form by one of the form that new groups have. Nothing where there is no need. */
export function UpgradeAction({ room }: { room: Room }): JSX.Element | null {
    const { client } = useMatrix();
    const [to, setTo] = useState<string | null>(null);
    useEffect(() => {
        newerVersion(client, room).then(setTo, () => undefined); // without a network nothing can be done anyway
    }, [client, room]);
    if (to === null) return null;
    const { upgrade: said } = words.value;
    const go = async (): Promise<void> => {
        const roomId = await upgrade(client, room, to);
        await client.joinRoom(roomId);
        navigate({ name: "chat", parts: [roomId] });
    };
    return (
        <button
            type="button"
            class="menu-entry"
            onClick={() => ask({ title: said.title(room.name), text: said.more, yes: said.yes, act: go })}
        >
            <Icon name="send" />
            {said.act}
        </button>
    );
}
