import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Avatar } from "../../design/Avatar";
import { Field } from "../../design/Field";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { findPeople, nameOf, type Person } from "../findPeople";
import "./group.css";

interface PeoplePickerProps {
    chosen: readonly Person[];
    onChange: (chosen: readonly Person[]) => void;
    /** Who is in already. */
    without?: (userId: string) => boolean;
}

const TYPED_MS = 200;

/** Find people by name and choose several of them. */
export function PeoplePicker({ chosen, onChange, without = () => false }: PeoplePickerProps): JSX.Element {
    const matrix = useMatrix();
    const { people, rooms } = words.value;
    const [wish, setWish] = useState("");
    const [found, setFound] = useState<Person[] | null>(null);
    useEffect(() => {
        const term = wish.trim();
        let isStale = false;
        const show = (all: Person[] | null): void => void (isStale || setFound(all));
        const timer = term
            ? setTimeout(() => findPeople(matrix, term).then(show, () => show([])), TYPED_MS)
            : undefined;
        if (!term) setFound(null);
        return () => {
            isStale = true;
            clearTimeout(timer);
        };
    }, [wish, matrix]);
    const isChosen = (userId: string): boolean => chosen.some(({ user_id: each }) => each === userId);
    const shown = found?.filter(({ user_id: userId }) => !isChosen(userId) && !without(userId));
    return (
        <div class="people-picker">
            <Field label={people.inviteWhom} value={wish} onInput={setWish} kind="search" />
            {chosen.length > 0 && (
                <ul class="people-chosen" aria-label={people.chosen}>
                    {chosen.map((person) => (
                        <li key={person.user_id}>
                            <button
                                type="button"
                                class="people-chip"
                                aria-label={people.dontInvite(nameOf(person))}
                                onClick={() => onChange(chosen.filter((each) => each !== person))}
                            >
                                <bdi class="one-line">{nameOf(person)}</bdi>
                                <Icon name="close" size={14} />
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            <ul class="people-found" aria-label={people.found}>
                {shown?.map((person) => (
                    <li key={person.user_id}>
                        <button
                            type="button"
                            class="new-chat-person"
                            aria-label={people.choose(nameOf(person))}
                            onClick={() => {
                                onChange([...chosen, person]);
                                setWish("");
                            }}
                        >
                            <Avatar name={nameOf(person)} id={person.user_id} picture={person.avatar_url} size={36} />
                            <span class="new-chat-names">
                                <bdi class="one-line">{nameOf(person)}</bdi>
                                <bdi class="new-chat-id one-line">{person.user_id}</bdi>
                            </span>
                        </button>
                    </li>
                ))}
            </ul>
            {shown?.length === 0 && <p role="status">{rooms.nobodyFound}</p>}
        </div>
    );
}
