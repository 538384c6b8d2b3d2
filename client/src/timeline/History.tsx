import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Spinner } from "../design/Spinner";
import { useMatrix } from "../matrix/matrix";
import { language, words } from "../words";
import { plainText } from "./richText";
import "./History.css";

const MOST = 100;

interface Version {
    key: string;
    at: number;
    text: string;
}

/** What a message said before it was changed. */
export function openHistory(event: MatrixEvent, room: Room): void {
    openDialog((close) => <History event={event} room={room} onClose={close} />);
}

function History({ event, room, onClose }: { event: MatrixEvent; room: Room; onClose: () => void }): JSX.Element {
    const { client } = useMatrix();
    const { timeline, common } = words.value;
    const [versions, setVersions] = useState<readonly Version[] | null>(null);
    const [wrong, setWrong] = useState(false);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        const get = async (): Promise<void> => {
            const { events } = await client.relations(room.roomId, event.getId() ?? "", "m.replace", null, {
                limit: MOST,
            });
            // The server takes no care of who changed what: only the sender's own changes are changes.
            const changes = events.filter((each) => each.getSender() === event.getSender() && !each.isRedacted());
            await Promise.all(changes.map((each) => client.decryptEventIfNeeded(each)));
            setVersions([...changes.map(changed), first(event)].sort((one, other) => other.at - one.at));
        };
        setWrong(false);
        get().catch(() => setWrong(true));
    }, [client, event, room, attempt]);
    return (
        <Dialog title={timeline.historyTitle} onClose={onClose} wide>
            {wrong ? (
                <p role="alert">
                    {common.somethingBroke} <Button onClick={() => setAttempt(attempt + 1)}>{common.again}</Button>
                </p>
            ) : versions ? (
                <ol class="history">
                    {versions.map(({ key, at, text }) => (
                        <li key={key}>
                            <time dateTime={new Date(at).toISOString()}>
                                {new Date(at).toLocaleString(language.value)}
                            </time>
                            <div class="text-plain" dir="auto">
                                {plainText(text)}
                            </div>
                        </li>
                    ))}
                </ol>
            ) : (
                <Spinner label={common.loading} />
            )}
        </Dialog>
    );
}

function changed(change: MatrixEvent): Version {
    const content: unknown = change.getContent()["m.new_content"];
    const body: unknown = (content as Record<string, unknown> | undefined)?.["body"];
    return { key: change.getId() ?? "", at: change.getTs(), text: typeof body === "string" ? body : "…" };
}

function first(event: MatrixEvent): Version {
    const body: unknown = event.getOriginalContent()["body"];
    return { key: event.getId() ?? "", at: event.getTs(), text: typeof body === "string" ? body : "…" };
}
