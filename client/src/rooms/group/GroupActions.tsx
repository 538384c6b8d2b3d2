import { EventType, JoinRule, type Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { showPanel } from "../../app/route";
import { IconButton } from "../../design/Button";
import { openDialog } from "../../design/dialogs";
import { Icon, type IconName } from "../../design/Icon";
import { toast, trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { useMembersOf } from "./changes";
import { EditGroup, mayEdit, topicOf } from "./EditGroup";
import { Invite } from "./Invite";
import { LinkCode } from "./LinkCode";
import { linkTo } from "./link";
import { UpgradeAction } from "./UpgradeAction";
import "./group.css";

/** What the details of a group have that those of a chat of two have not. */
export function GroupActions({ room }: { room: Room }): JSX.Element {
    const { client, me } = useMatrix();
    const { people, common } = words.value;
    useMembersOf(room);
    const mayInvite = room.canInvite(me);
    const rule = room.getJoinRule();
    const mayRule = room.currentState.maySendStateEvent(EventType.RoomJoinRules, me);
    const asking = mayInvite ? room.getMembersWithMembership("knock") : [];
    const topic = topicOf(room);
    const address = room.getCanonicalAlias();
    const copy = async (): Promise<void> => {
        await navigator.clipboard.writeText(linkTo(room));
        toast(common.copied);
    };
    const letAsk = (mayAsk: boolean): void => {
        const join_rule = mayAsk ? JoinRule.Knock : JoinRule.Invite;
        void trying(client.sendStateEvent(room.roomId, EventType.RoomJoinRules, { join_rule }));
    };
    return (
        <>
            {address && <bdi class="details-id">{address}</bdi>}
            {topic && (
                <p class="group-topic">
                    <bdi>{topic}</bdi>
                </p>
            )}
            {asking.length > 0 && (
                <section class="group-asking" aria-label={people.wantIn}>
                    <h4>{people.wantIn}</h4>
                    {asking.map(({ userId, name }) => (
                        <div key={userId} class="group-asks">
                            <bdi class="one-line" title={userId}>
                                {name}
                            </bdi>
                            <IconButton
                                icon="check"
                                label={people.letIn(name)}
                                onClick={() => void trying(client.invite(room.roomId, userId))}
                            />
                            <IconButton
                                icon="close"
                                label={people.refuse(name)}
                                onClick={() => void trying(client.kick(room.roomId, userId))}
                            />
                        </div>
                    ))}
                </section>
            )}
            <div class="details-actions">
                <Action icon="people" label={people.members} act={() => showPanel("members")} />
                {mayInvite && (
                    <Action
                        icon="plus"
                        label={people.invitePeople}
                        act={() => openDialog((close) => <Invite room={room} onClose={close} />)}
                    />
                )}
                {mayEdit(room, me) && (
                    <Action
                        icon="edit"
                        label={people.edit}
                        act={() => openDialog((close) => <EditGroup room={room} onClose={close} />)}
                    />
                )}
                <Action icon="copy" label={people.copyLink} act={() => void trying(copy())} />
                <Action
                    icon="open"
                    label={words.value.groupLink.show}
                    act={() => openDialog((close) => <LinkCode room={room} onClose={close} />)}
                />
                <UpgradeAction room={room} />
                {mayRule && (rule === JoinRule.Invite || rule === JoinRule.Knock) && (
                    <label class="menu-entry">
                        <input
                            type="checkbox"
                            checked={rule === JoinRule.Knock}
                            onChange={(event) => letAsk(event.currentTarget.checked)}
                        />
                        {people.askAllowed}
                    </label>
                )}
            </div>
        </>
    );
}

function Action({ icon, label, act }: { icon: IconName; label: string; act: () => void }): JSX.Element {
    return (
        <button type="button" class="menu-entry" onClick={act}>
            <Icon name={icon} />
            {label}
        </button>
    );
}
