import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { toast } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { nameOf, type Person } from "../findPeople";
import { PeoplePicker } from "./PeoplePicker";

/** Invite people into a group that is there. Whoever could not be invited stays chosen. */
export function Invite({ room, onClose }: { room: Room; onClose: () => void }): JSX.Element {
    const { client } = useMatrix();
    const { people, common } = words.value;
    const [chosen, setChosen] = useState<readonly Person[]>([]);
    const [isBusy, setBusy] = useState(false);
    const [failed, setFailed] = useState<string[]>([]);
    const invite = async (): Promise<void> => {
        setBusy(true);
        const outcomes = await Promise.allSettled(
            chosen.map(({ user_id: userId }) => client.invite(room.roomId, userId)),
        );
        const left = chosen.filter((_, i) => outcomes[i]?.status === "rejected");
        setBusy(false);
        setChosen(left);
        setFailed(left.map(nameOf));
        if (left.length > 0) return;
        toast(people.wereInvited(chosen.length));
        onClose();
    };
    const isIn = (userId: string): boolean => ["join", "invite"].includes(room.getMember(userId)?.membership ?? "");
    const actions = (
        <Button kind="main" busy={isBusy} disabled={chosen.length === 0} onClick={() => void invite()}>
            {people.invite}
        </Button>
    );
    return (
        <Dialog title={people.invitePeople} onClose={onClose} actions={actions}>
            <PeoplePicker chosen={chosen} onChange={setChosen} without={isIn} />
            {failed.length > 0 && <p role="alert">{people.notInvited(common.list(failed))}</p>}
        </Dialog>
    );
}
