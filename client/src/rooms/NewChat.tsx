import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { navigate } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { beginDirectChat } from "../matrix/direct";
import { useMatrix } from "../matrix/matrix";
import { whyNotInvited } from "../people/invitedBy";
import { words } from "../words";
import { findPeople, nameOf, type Person } from "./findPeople";
import { NewGroup } from "./group/NewGroup";
import "./NewChat.css";

const TYPED_MS = 200;

/** Find somebody, and begin an encrypted chat with them or go to the one that is there. */
export function NewChat({ onClose }: { onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { rooms, common } = words.value;
    const [wish, setWish] = useState("");
    const [found, setFound] = useState<Person[] | null>(null);
    const [begins, setBegins] = useState<string | null>(null);
    useEffect(() => {
        const term = wish.trim();
        if (!term) return setFound(null);
        const timer = setTimeout(() => findPeople(matrix, term).then(setFound, () => setFound([])), TYPED_MS);
        return () => clearTimeout(timer);
    }, [wish, matrix]);
    const begin = async (userId: string): Promise<void> => {
        if (begins) return;
        setBegins(userId);
        const known = matrix.rooms.directChatWith(userId);
        const roomId = known?.id ?? (await trying(beginDirectChat(matrix.client, userId), whyNotInvited));
        setBegins(null);
        if (!roomId) return;
        onClose();
        navigate({ name: "chat", parts: [roomId] });
    };
    const newGroup = (): void => {
        onClose();
        openDialog((close) => <NewGroup onClose={close} />);
    };
    return (
        <Dialog title={rooms.newChat} onClose={onClose}>
            <Field label={rooms.newChatHint} value={wish} onInput={setWish} kind="search" autoFocus />
            <Button icon="people" onClick={newGroup}>
                {words.value.people.newGroup}
            </Button>
            <ul class="new-chat-people" aria-label={rooms.newChat} aria-busy={found === null && wish !== ""}>
                {found?.map((person) => (
                    <li key={person.user_id}>
                        <button
                            type="button"
                            class="new-chat-person"
                            aria-label={rooms.startChat(nameOf(person))}
                            onClick={() => void begin(person.user_id)}
                        >
                            <Avatar name={nameOf(person)} id={person.user_id} picture={person.avatar_url} />
                            <span class="new-chat-names">
                                <bdi class="one-line">{nameOf(person)}</bdi>
                                <bdi class="new-chat-id one-line">{person.user_id}</bdi>
                            </span>
                            {begins === person.user_id && <Spinner label={common.loading} />}
                        </button>
                    </li>
                ))}
            </ul>
            <p class="new-chat-note">
                {found?.length === 0 ? (
                    rooms.nobodyFound
                ) : (
                    <>
                        <Icon name="lock" size={16} />
                        {rooms.willBeEncrypted}
                    </>
                )}
            </p>
        </Dialog>
    );
}
