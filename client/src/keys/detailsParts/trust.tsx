import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Icon, type IconName } from "../../design/Icon";
import { trying } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import type { RoomView } from "../../matrix/roomView";
import { words } from "../../words";
import { compareWith } from "../compareWith";
import { goOnWith } from "../sending";
import { peopleOf, type Trust } from "../trust";
import "./trust.css";

/** Whether the keys of the other person were compared, and comparing them. */
export default function PersonTrust({ view }: { view: RoomView }): JSX.Element | null {
    const matrix = useMatrix();
    const [isBusy, setBusy] = useState(false);
    const { partner } = view;
    if (!partner || !view.isEncrypted) return null;
    const trust = peopleOf(matrix).trust(partner).value;
    if (!trust) return null;
    const { person } = words.value.keys;
    const name = matrix.client.getRoom(view.id)?.getMember(partner)?.name ?? partner;
    const doing = (act: () => Promise<void>) => async (): Promise<void> => {
        setBusy(true);
        await trying(act());
        setBusy(false);
    };
    const { icon, title, more } = saidOf(trust, name);
    const isChanged = trust.kind === "changed" || trust.kind === "broken";
    return (
        <section class={`person-trust person-trust-${trust.kind}`}>
            <p>
                <Icon name={icon} />
                <span>
                    <strong>{title}</strong>
                    {more}
                </span>
            </p>
            {(isChanged || trust.kind === "known") && (
                <div class="person-trust-actions">
                    <Button busy={isBusy} onClick={doing(() => compareWith(matrix, partner, view.id))}>
                        {person.compare}
                    </Button>
                    {isChanged && (
                        <Button onClick={doing(() => goOnWith(matrix, partner, trust, view.id))}>
                            {trust.kind === "broken" ? person.goOnWithout : person.goOn}
                        </Button>
                    )}
                </div>
            )}
        </section>
    );
}

function saidOf(trust: Trust, name: string): { icon: IconName; title: string; more: string } {
    const { person } = words.value.keys;
    switch (trust.kind) {
        case "compared":
            return { icon: "check", title: person.verified, more: person.verifiedMore(name) };
        case "known":
            return { icon: "shield", title: person.unverified, more: person.unverifiedMore(name) };
        case "none":
            return { icon: "shield", title: person.none, more: person.noneMore(name) };
        case "changed":
            return { icon: "warn", title: person.changedTitle(name), more: person.changed };
        case "broken":
            return { icon: "warn", title: person.changedTitle(name), more: `${person.changed} ${person.broken}` };
    }
}
