import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { words } from "../../words";
import { type Chosen, handOver, inOrder, neighbour, sizeOf } from "../disclose";
import type { Target } from "../draft";
import { Message } from "../Message";
import { useCatalogue } from "../useCatalogue";

interface MessagesProps {
    target: Extract<Target, { kind: "event" }>;
    chosen: Chosen[];
    onChange: (chosen: Chosen[]) => void;
}

/** Which messages of an encrypted chat are handed over: the reported one, and neighbours that are added one by one. */
export function Messages({ target, chosen, onChange }: MessagesProps): JSX.Element {
    const { safety } = words.value;
    const { catalogue } = useCatalogue();
    const [isFull, setFull] = useState(false);
    const { room, event } = target;
    const before = neighbour(room, chosen, "before");
    const after = neighbour(room, chosen, "after");
    const add = async (more: typeof before): Promise<void> => {
        if (!more) return;
        const next = inOrder([...chosen, await handOver(more, room)]);
        const limits = catalogue?.limits;
        const fits = !limits || (next.length <= limits.messages && sizeOf(next) <= limits.message_bytes);
        setFull(!fits);
        if (fits) onChange(next);
    };
    const isReported = (one: Chosen): boolean =>
        one.event.getId() === event.getId() || one.event.getId() === event.replacingEventId();
    return (
        <section class="report-messages" aria-label={safety.messages}>
            <h3>{safety.messages}</h3>
            <p class="report-soft">{safety.messagesMore}</p>
            {before && <Button onClick={() => void add(before)}>{safety.addBefore}</Button>}
            <ul>
                {chosen.map((one) => (
                    <li key={one.event.getId()}>
                        <Message
                            chosen={one}
                            room={room}
                            {...(!isReported(one) && {
                                onRemove: () => onChange(chosen.filter((each) => each !== one)),
                            })}
                        />
                    </li>
                ))}
            </ul>
            {after && <Button onClick={() => void add(after)}>{safety.addAfter}</Button>}
            {isFull && (
                <p class="report-wrong" role="alert">
                    {safety.messagesFull}
                </p>
            )}
        </section>
    );
}
