import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { draftOf } from "../../compose/drafts";
import { type ComposePart, type ComposePartProps, scopeOf } from "../../compose/parts";
import { IconButton } from "../../design/Button";
import { toast } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { sendFile } from "../outbox";
import { clock } from "../Player";
import { canRecord, finishRecording, record, recording } from "../recording";
import "./sendings.css";

const SHOWN_WAVES = 60;
const LEAST_MS = 500;

/** The microphone: there while the field is empty. */
function Voice({ room, threadId }: ComposePartProps): JSX.Element | null {
    const matrix = useMatrix();
    const { media } = words.value;
    const scope = scopeOf(room, threadId);
    if (!canRecord() || draftOf(scope).value.trim() || recording.value?.scope === scope) return null;
    const begin = async (): Promise<void> => {
        try {
            const made = await record(scope, media.kinds.voice);
            if (!made || made.voice.durationMs < LEAST_MS) return;
            const ending = { "audio/mp4": "m4a", "audio/webm": "webm" }[made.blob.type] ?? "ogg";
            const file = new File([made.blob], `${media.kinds.voice}.${ending}`, { type: made.blob.type });
            sendFile(matrix, room, file, { threadId, voice: made.voice });
        } catch (error) {
            console.warn(error);
            toast(media.noMicrophone, { isWrong: true });
        }
    };
    return <IconButton icon="mic" label={media.recordVoice} onClick={() => void begin()} />;
}

/** What is being recorded for this conversation. */
function Strip({ room, threadId }: ComposePartProps): JSX.Element | null {
    const { media } = words.value;
    const scope = scopeOf(room, threadId);
    useEffect(
        () => () => {
            if (recording.peek()?.scope === scope) finishRecording(false); // whoever goes elsewhere does not go on talking
        },
        [scope],
    );
    const now = recording.value;
    if (now?.scope !== scope) return null;
    return (
        <div class="recording" role="group" aria-label={media.recording}>
            <span class="recording-sign" />
            <time class="recording-time" role="timer">
                {clock(now.loudness.length / 10)}
            </time>
            <span class="recording-waves" aria-hidden="true">
                {now.loudness.slice(-SHOWN_WAVES).map((loud, i) => (
                    <span key={i} style={{ blockSize: `${Math.round(10 + 90 * loud)}%` }} />
                ))}
            </span>
            <IconButton icon="trash" label={media.discardVoice} onClick={() => finishRecording(false)} />
            <IconButton
                icon="send"
                label={media.sendVoice}
                class="composer-send"
                onClick={() => finishRecording(true)}
            />
        </div>
    );
}

export default [
    { order: 30, side: "end", Part: Voice },
    { order: 10, side: "above", Part: Strip },
] satisfies readonly ComposePart[];
