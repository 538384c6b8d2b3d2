import type { JSX } from "preact";
import { allDetailsParts, type Panel } from "../../app/parts";
import { Avatar } from "../../design/Avatar";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { iconOf } from "../../matrix/roomView";
import { words } from "../../words";
import { chatMenu } from "../chatMenu";
import { GroupActions } from "../group/GroupActions";
import "./details.css";

/** Who is in a chat, whether it is encrypted, and what one can do with it. */
function Details({ roomId }: { roomId: string }): JSX.Element | null {
    const matrix = useMatrix();
    const view = matrix.rooms.view(roomId)?.value;
    if (!view) return null;
    const room = matrix.rooms.room(roomId);
    const { rooms } = words.value;
    return (
        <div class="details">
            <Avatar
                name={view.name}
                id={view.partner ?? view.id}
                picture={view.picture}
                icon={iconOf(view)}
                size={96}
            />
            <h3>
                <bdi>{view.name}</bdi>
            </h3>
            {view.isOfficial ? null : view.isSaved ? (
                <p class="details-id">{words.value.saved.more}</p>
            ) : view.partner ? (
                <bdi class="details-id">{view.partner}</bdi>
            ) : (
                <p class="details-id">{rooms.members(view.memberCount)}</p>
            )}
            {view.isOfficial ? (
                <p class="details-kind details-official">
                    <Icon name="shield" />
                    <span>
                        <strong>{rooms.official}</strong>
                        {rooms.officialMore}
                    </span>
                </p>
            ) : (
                <p class={view.isEncrypted ? "details-kind details-sealed" : "details-kind details-open"}>
                    <Icon name={view.isEncrypted ? "lock" : "open"} />
                    <span>
                        <strong>{view.isEncrypted ? rooms.encrypted : rooms.open}</strong>
                        {view.isEncrypted ? rooms.encryptedMore : rooms.openMore}
                    </span>
                </p>
            )}
            {room && view.partner === null && !view.isOfficial && !view.isSaved && (
                <GroupActions key={roomId} room={room} />
            )}
            {allDetailsParts.map((Part, i) => (
                <Part key={i} view={view} />
            ))}
            <div class="details-actions">
                {chatMenu(view, matrix).map((entry) => (
                    <button
                        key={entry.label}
                        type="button"
                        class={entry.isDangerous ? "menu-entry menu-danger" : "menu-entry"}
                        onClick={entry.act}
                    >
                        {entry.icon && <Icon name={entry.icon} />}
                        {entry.label}
                    </button>
                ))}
            </div>
        </div>
    );
}

export default { name: "details", title: () => words.value.rooms.details, Panel: Details } satisfies Panel;
