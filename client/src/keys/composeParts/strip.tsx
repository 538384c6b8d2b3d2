import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ComposePart } from "../../compose/parts";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { RoomView } from "../../matrix/roomView";
import { words } from "../../words";
import { compareWith } from "../compareWith";
import { goOnWith } from "../sending";
import { peopleOf, type Trust } from "../trust";
import "./strip.css";

/** Beyond this, a room is not private in any sense that a comparison would add to. */
const MAX_MEMBERS = 200;

interface Worry {
    userId: string;
    trust: Trust;
}

/** Where one writes: that somebody's keys have changed, or that they use a device that they have not confirmed. */
function Strip({ room, view }: { room: Room; view: RoomView }): JSX.Element | null {
    const matrix = useMatrix();
    const worry = useWorry(room, view);
    const [isBusy, setBusy] = useState(false);
    if (!worry) return null;
    const { userId, trust } = worry;
    const { person } = words.value.keys;
    const name = room.getMember(userId)?.name ?? userId;
    const isChanged = trust.kind !== "compared";
    const doing = (act: () => Promise<void>) => async (): Promise<void> => {
        setBusy(true);
        await trying(act());
        setBusy(false);
    };
    return (
        <div class="trust-strip" role="alert">
            <Icon name="warn" />
            <p>
                {isChanged && <strong>{person.changedTitle(name)}</strong>}
                {isChanged ? (
                    <span>
                        {person.changed} {trust.kind === "broken" && person.broken}
                    </span>
                ) : (
                    <span>{person.unsigned(name, trust.unsigned.map((device) => device.name).join(", "))}</span>
                )}
            </p>
            <div class="trust-strip-actions">
                {isChanged && view.partner === userId && (
                    <Button busy={isBusy} onClick={doing(() => compareWith(matrix, userId, room.roomId))}>
                        {person.compare}
                    </Button>
                )}
                <Button onClick={doing(() => goOnWith(matrix, userId, trust, room.roomId))}>
                    {!isChanged ? person.sendAnyway : trust.kind === "broken" ? person.goOnWithout : person.goOn}
                </Button>
            </div>
        </div>
    );
}

/** The first member whose keys are a reason to stop and look. */
function useWorry(room: Room, view: RoomView): Worry | null {
    const matrix = useMatrix();
    const people = peopleOf(matrix);
    const [memberIds, setMemberIds] = useState<readonly string[]>([]);
    useEffect(() => {
        if (!view.isEncrypted || view.memberCount > MAX_MEMBERS) return setMemberIds([]);
        const look = (): void =>
            setMemberIds(
                room
                    .getMembers()
                    .filter(
                        ({ userId, membership }) =>
                            userId !== matrix.me && (membership === "join" || membership === "invite"),
                    )
                    .map(({ userId }) => userId),
            );
        look();
        room.loadMembersIfNeeded().then(look, (error: unknown) => console.warn(error));
    }, [room, view.isEncrypted, view.memberCount, matrix]);
    for (const userId of memberIds) {
        const trust = people.trust(userId).value;
        if (trust && isWorrying(trust)) return { userId, trust };
    }
    return null;
}

export function isWorrying({ kind, unsigned }: Trust): boolean {
    return kind === "changed" || kind === "broken" || unsigned.length > 0;
}

export default { order: 10, side: "above", Part: Strip } satisfies ComposePart;
