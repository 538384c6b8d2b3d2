import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { toast, trying } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import { iconOf, type RoomView } from "../matrix/roomView";
import { previewOf } from "../timeline/registry";
import { words } from "../words";
import { becomesOpen, forward } from "./forward";
import "./ForwardTo.css";

const MOST = 60;

/** Choose the chat that a message goes to. */
export function openForward(event: MatrixEvent, room: Room): void {
    openDialog((close) => <ForwardTo event={event} from={room} onClose={close} />);
}

function ForwardTo({ event, from, onClose }: { event: MatrixEvent; from: Room; onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { compose, common, rooms } = words.value;
    const [typed, setTyped] = useState("");
    const [warned, setWarned] = useState<RoomView | null>(null);
    const wanted = typed.trim().toLocaleLowerCase();
    const found = matrix.rooms.chats.value
        .filter(({ membership, name }) => membership === "join" && name.toLocaleLowerCase().includes(wanted))
        .filter(({ id }) => matrix.rooms.room(id)?.maySendMessage())
        .slice(0, MOST);
    const send = (view: RoomView): void => {
        const to = matrix.rooms.room(view.id);
        if (!to) return;
        onClose();
        void trying(forward(matrix, event, to).then(() => toast(compose.forwardedTo(view.name))));
        navigate({ name: "chat", parts: [view.id] });
    };
    const choose = (view: RoomView): void => {
        const to = matrix.rooms.room(view.id);
        if (to && becomesOpen(from, to)) setWarned(view);
        else send(view);
    };
    if (warned) {
        const actions = (
            <>
                <Button onClick={() => setWarned(null)} autoFocus>
                    {common.back}
                </Button>
                <Button kind="danger" onClick={() => send(warned)}>
                    {compose.forwardAnyway}
                </Button>
            </>
        );
        return (
            <Dialog title={compose.forwardOpenTitle(warned.name)} onClose={onClose} actions={actions}>
                <p class="forward-warning">
                    <Icon name="open" />
                    <span>
                        {compose.forwardOpen} {rooms.openMore}
                    </span>
                </p>
            </Dialog>
        );
    }
    return (
        <Dialog title={compose.forwardTitle} onClose={onClose}>
            <p class="forward-what one-line" dir="auto">
                {previewOf(event)}
            </p>
            <Field label={compose.forwardSearch} kind="search" value={typed} onInput={setTyped} autoFocus />
            <ul class="forward-to">
                {found.map((view) => (
                    <li key={view.id}>
                        <button type="button" onClick={() => choose(view)}>
                            <Avatar
                                name={view.name}
                                id={view.partner ?? view.id}
                                picture={view.picture}
                                icon={iconOf(view)}
                                size={40}
                            />
                            <bdi class="one-line">{view.name}</bdi>
                            <span class={view.isEncrypted ? "forward-sealed" : "forward-open"}>
                                <Icon name={view.isEncrypted ? "lock" : "open"} size={16} />
                                <span class="unseen">{view.isEncrypted ? rooms.encrypted : rooms.open}</span>
                            </span>
                        </button>
                    </li>
                ))}
                {found.length === 0 && <li>{compose.forwardNowhere}</li>}
            </ul>
        </Dialog>
    );
}
