import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { personEntries } from "../app/parts";
import { navigate } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Button, IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { trying } from "../design/Toasts";
import { acceptInvitation } from "../matrix/direct";
import { useMatrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";
import { words } from "../words";
import "./Invitation.css";

/** Who invites this person to what; nothing of the room is loaded before they say yes. */
export function Invitation({ view }: { view: RoomView }): JSX.Element {
    const matrix = useMatrix();
    const { client, rooms: list } = matrix;
    const { rooms, common } = words.value;
    const [does, setDoes] = useState<"accept" | "decline" | null>(null);
    const inviter = view.invitedBy ?? "";
    const name = list.room(view.id)?.getMember(inviter)?.name ?? inviter;
    const accept = async (): Promise<void> => {
        setDoes("accept");
        await trying(acceptInvitation(client, view.id, view.partner));
        setDoes(null);
    };
    const decline = async (): Promise<void> => {
        setDoes("decline");
        await trying(client.leave(view.id));
        navigate({ name: "chats" });
    };
    const room = list.room(view.id);
    const others = room && inviter ? personEntries({ userId: inviter, name, room }, matrix) : [];
    const isKnown = list.chats.value.some(({ membership, partner }) => membership === "join" && partner === inviter);
    return (
        <div class="invitation">
            <IconButton
                icon="back"
                label={common.back}
                class="only-on-phones icon-turns invitation-back"
                onClick={() => navigate({ name: "chats" })}
            />
            <Avatar
                name={view.partner ? name : view.name}
                id={view.partner ?? view.id}
                picture={view.picture}
                size={96}
            />
            <h2>{view.partner ? rooms.invitedBy(name) : rooms.invitedTo(name, view.name)}</h2>
            <bdi class="invitation-id">{inviter}</bdi>
            <p class={view.isEncrypted ? "invitation-sealed" : "invitation-open"}>
                <Icon name={view.isEncrypted ? "lock" : "open"} />
                {view.isEncrypted ? rooms.encryptedMore : rooms.openMore}
            </p>
            {!isKnown && (
                <p class="invitation-stranger">
                    <Icon name="info" />
                    {rooms.stranger}
                </p>
            )}
            <div class="invitation-actions">
                <Button busy={does === "decline"} onClick={() => void decline()}>
                    {rooms.decline}
                </Button>
                <Button kind="main" busy={does === "accept"} onClick={() => void accept()}>
                    {rooms.accept}
                </Button>
            </div>
            <div class="invitation-others">
                {others.map(({ label, act, icon }) => (
                    <button key={label} type="button" class="invitation-other" onClick={act}>
                        {icon && <Icon name={icon} size={16} />}
                        {label}
                    </button>
                ))}
            </div>
        </div>
    );
}
