import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../../app/route";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { RoomView } from "../../matrix/roomView";
import { words } from "../../words";
import type { Strip } from "../chatParts";
import "./moved.css";

/** A group that was replaced says where it goes on. */
function Moved({ room, view }: { room: Room; view: RoomView }): JSX.Element | null {
    const { client } = useMatrix();
    const [isBusy, setBusy] = useState(false);
    const { successor } = view;
    if (!successor) return null;
    const { upgrade } = words.value;
    const go = async (): Promise<void> => {
        setBusy(true);
        const sender = room.currentState.getStateEvents("m.room.tombstone", "")?.getSender() ?? "";
        const viaServers = [sender.slice(sender.indexOf(":") + 1)];
        if (await trying(client.joinRoom(successor, { viaServers }))) navigate({ name: "chat", parts: [successor] });
        setBusy(false);
    };
    return (
        <div class="moved" role="note">
            <Icon name="send" />
            <span>{upgrade.moved}</span>
            <Button busy={isBusy} onClick={() => void go()}>
                {upgrade.go}
            </Button>
        </div>
    );
}

export default Moved satisfies Strip;
