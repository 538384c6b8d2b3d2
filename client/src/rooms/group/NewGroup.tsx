import { MatrixError } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../../app/route";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Field } from "../../design/Field";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { whyNotInvited } from "../../people/invitedBy";
import { words } from "../../words";
import type { Person } from "../findPeople";
import { addressFrom, createGroup } from "./create";
import { PeoplePicker } from "./PeoplePicker";
import "./group.css";

/** Make a group: a private one, which is encrypted, or a public one with an address. */
export function NewGroup({ onClose }: { onClose: () => void }): JSX.Element {
    const { client, me } = useMatrix();
    const { people, common } = words.value;
    const [name, setName] = useState("");
    const [isPublic, setPublic] = useState(false);
    const [typed, setAddress] = useState<string | null>(null);
    const [invited, setInvited] = useState<readonly Person[]>([]);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<{ address?: string; other?: string }>({});
    const address = typed ?? addressFrom(name);
    const isReady = name.trim() !== "" && (!isPublic || address !== "");
    const create = async (): Promise<void> => {
        if (!isReady || isBusy) return;
        setBusy(true);
        setWrong({});
        try {
            const invite = invited.map(({ user_id: userId }) => userId);
            const roomId = await createGroup(client, { name: name.trim(), isPublic, address, invite });
            onClose();
            navigate({ name: "chat", parts: [roomId] });
        } catch (error) {
            const isTaken = error instanceof MatrixError && error.errcode === "M_ROOM_IN_USE";
            setWrong(
                isTaken ? { address: people.addressTaken } : { other: whyNotInvited(error) ?? common.somethingBroke },
            );
        }
        setBusy(false);
    };
    const kinds = [
        { of: false, icon: "lock", title: people.privateGroup, more: people.privateMore },
        { of: true, icon: "open", title: people.publicGroup, more: people.publicMore },
    ] as const;
    const actions = (
        <Button kind="main" busy={isBusy} disabled={!isReady} onClick={() => void create()}>
            {people.create}
        </Button>
    );
    return (
        <Dialog title={people.newGroup} onClose={onClose} actions={actions}>
            <Field label={people.groupName} value={name} onInput={setName} autoFocus required />
            <fieldset class="group-kinds">
                <legend>{people.whoCanRead}</legend>
                {kinds.map(({ of, icon, title, more }) => (
                    <label key={icon} class={of ? "group-kind group-kind-open" : "group-kind group-kind-sealed"}>
                        <input type="radio" name="kind" checked={isPublic === of} onChange={() => setPublic(of)} />
                        <Icon name={icon} />
                        <span>
                            <strong>{title}</strong>
                            {more}
                        </span>
                    </label>
                ))}
            </fieldset>
            {isPublic && (
                <Field
                    label={people.address}
                    value={address}
                    onInput={setAddress}
                    hint={`#${address}${me.slice(me.indexOf(":"))}`}
                    wrong={wrong.address}
                    required
                />
            )}
            <PeoplePicker chosen={invited} onChange={setInvited} />
            {wrong.other && <p role="alert">{wrong.other}</p>}
        </Dialog>
    );
}
