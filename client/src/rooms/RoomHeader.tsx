import type { JSX } from "preact";
import { navigate, route, showPanel } from "../app/route";
import { Avatar } from "../design/Avatar";
import { IconButton } from "../design/Button";
import { Icon } from "../design/Icon";
import { openMenu } from "../design/Menu";
import { useMatrix } from "../matrix/matrix";
import { iconOf, type RoomView } from "../matrix/roomView";
import { words } from "../words";
import { chatMenu } from "./chatMenu";
import { chatEntries } from "./chatParts";
import "./RoomHeader.css";

/** Which conversation this is, whether it is encrypted, and the way to its details. */
export function RoomHeader({ view }: { view: RoomView }): JSX.Element {
    const matrix = useMatrix();
    const { rooms, common } = words.value;
    const typing = matrix.rooms.typing(view.id).value;
    const isOpen = route.value.query.get("panel") === "details";
    return (
        <header class="room-header">
            <IconButton
                icon="back"
                label={common.back}
                class="only-on-phones icon-turns"
                onClick={() => navigate({ name: "chats" })}
            />
            <button
                type="button"
                class="room-header-who"
                title={rooms.details}
                aria-expanded={isOpen}
                onClick={() => showPanel(isOpen ? null : "details")}
            >
                <Avatar
                    name={view.name}
                    id={view.partner ?? view.id}
                    picture={view.picture}
                    icon={iconOf(view)}
                    size={40}
                />
                <span class="room-header-names">
                    <bdi class="room-header-name one-line">{view.name}</bdi>
                    <span class="room-header-kind one-line">
                        <Icon name={view.isOfficial ? "shield" : view.isEncrypted ? "lock" : "open"} size={14} />
                        <span class="one-line">
                            {view.isOfficial ? (
                                rooms.official
                            ) : typing.length > 0 ? (
                                rooms.isTyping([...typing])
                            ) : (
                                <>
                                    {view.isEncrypted ? rooms.encrypted : rooms.open}
                                    {view.isSaved
                                        ? ` · ${words.value.saved.onlyYou}`
                                        : view.partner === null && ` · ${rooms.members(view.memberCount)}`}
                                </>
                            )}
                        </span>
                    </span>
                </span>
            </button>
            <IconButton
                icon="more"
                label={common.more}
                hasMenu
                onClick={(event) => openMenu(event, [...chatEntries(view, matrix), ...chatMenu(view, matrix)])}
            />
        </header>
    );
}
