import { EventType, type MatrixEvent, MsgType, type Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import type { Tile, TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { asked } from "../asked";
import { openComparison } from "../Comparison";

/** Somebody has asked to compare keys; as long as they wait, one can answer here, too. */
function Asked({ event, room }: TileProps): JSX.Element {
    const matrix = useMatrix();
    const request = asked.value.find(({ transactionId }) => transactionId === event.getId());
    return (
        <>
            <Icon name="shield" size={14} /> {sentence(event, room, event.getSender() === matrix.me)}{" "}
            {request && (
                <button type="button" class="keys-link" onClick={() => openComparison(matrix, request)}>
                    {words.value.keys.bannerAskedAct}
                </button>
            )}
        </>
    );
}

function sentence(event: MatrixEvent, room: Room, isMine: boolean): string {
    const { inChat, inChatMine } = words.value.keys.compare;
    const to = String(event.getContent()["to"] ?? "");
    return isMine ? inChatMine(room.getMember(to)?.name ?? to) : inChat(event.sender?.name ?? event.getSender() ?? "");
}

export default {
    type: EventType.RoomMessage,
    msgtype: MsgType.KeyVerificationRequest,
    shape: "notice",
    Tile: Asked,
    preview: () => words.value.keys.person.compare,
} satisfies Tile;
