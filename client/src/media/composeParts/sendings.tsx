import type { JSX } from "preact";
import type { ComposePart, ComposePartProps } from "../../compose/parts";
import { IconButton } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { cancelSending, type Sending, sendAgain, sendings } from "../outbox";
import "./sendings.css";

/** The files on their way into this conversation: how far they are, and what went wrong. */
function Sendings({ room, threadId }: ComposePartProps): JSX.Element | null {
    const mine = sendings.value.filter((each) => each.roomId === room.roomId && each.threadId === threadId);
    if (mine.length === 0) return null;
    return (
        <ul class="sendings" aria-label={words.value.media.onTheWay}>
            {mine.map((sending) => (
                <Row key={sending.key} sending={sending} />
            ))}
        </ul>
    );
}

function Row({ sending }: { sending: Sending }): JSX.Element {
    const matrix = useMatrix();
    const { media, timeline } = words.value;
    const { file, voice } = sending;
    const stage = sending.stage.value;
    const why = sending.why.value;
    const name = voice ? media.kinds.voice : file.name;
    return (
        <li class="sending">
            <Icon name={stage === "failed" ? "warn" : voice ? "mic" : "file"} />
            <span class="sending-names">
                <bdi class="one-line">{name}</bdi>
                {why ? (
                    <span class="sending-wrong" role="alert">
                        {media.notSent[why]}
                    </span>
                ) : (
                    <span
                        class="upload-bar"
                        role="progressbar"
                        aria-label={name}
                        aria-valuenow={Math.round(sending.progress.value * 100)}
                        style={{ "--done": `${stage === "sending" ? 1 : sending.progress.value}` }}
                    />
                )}
            </span>
            {why && why !== "tooLarge" && (
                <IconButton icon="send" label={timeline.sendAgain} onClick={() => sendAgain(matrix, sending)} />
            )}
            <IconButton icon="close" label={media.dontSend(name)} onClick={() => cancelSending(sending)} />
        </li>
    );
}

export default { order: 20, side: "above", Part: Sendings } satisfies ComposePart;
