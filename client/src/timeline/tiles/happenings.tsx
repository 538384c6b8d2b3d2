import { EventType, type MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { words } from "../../words";
import type { Tile, TileProps } from "../registry";

/** What happened in a room, in a sentence. */
function tileFor(type: string, sentence: (event: MatrixEvent) => string | null): Tile {
    const Tile = ({ event }: TileProps): JSX.Element => <>{sentence(event)}</>;
    return {
        type,
        shape: "notice",
        Tile,
        preview: (event) => sentence(event) ?? "",
        isShown: (event) => sentence(event) !== null,
    };
}

function senderOf(event: MatrixEvent): string {
    return event.sender?.name ?? event.getSender() ?? "";
}

function membership(event: MatrixEvent): string | null {
    const { timeline } = words.value;
    const now = event.getContent();
    const before = event.getPrevContent();
    const name = String(now["displayname"] ?? before["displayname"] ?? event.getStateKey() ?? "");
    const isSelf = event.getSender() === event.getStateKey();
    switch (now["membership"]) {
        case "join":
            if (before["membership"] !== "join") return timeline.joined(name);
            if (now["displayname"] !== before["displayname"]) {
                return timeline.renamedThemselves(String(before["displayname"] ?? event.getStateKey()), name);
            }
            return now["avatar_url"] !== before["avatar_url"] ? timeline.changedPicture(name) : null;
        case "invite":
            return timeline.invitedSomeone(senderOf(event), name);
        case "leave":
        case "ban":
            return isSelf ? timeline.left(name) : timeline.removedSomeone(senderOf(event), name);
        default:
            return null;
    }
}

function Encryption(): JSX.Element {
    return (
        <>
            <Icon name="lock" size={14} /> {words.value.timeline.becameEncrypted}
        </>
    );
}

export default [
    tileFor(EventType.RoomMember, membership),
    tileFor(EventType.RoomCreate, (event) => words.value.timeline.created(senderOf(event))),
    tileFor(EventType.RoomName, (event) => {
        const name: unknown = event.getContent()["name"];
        return typeof name === "string" && name ? words.value.timeline.renamed(senderOf(event), name) : null;
    }),
    { type: EventType.RoomEncryption, shape: "notice", Tile: Encryption, preview: () => words.value.rooms.encrypted },
] satisfies readonly Tile[];
