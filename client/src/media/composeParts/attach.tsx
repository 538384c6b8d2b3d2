import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComposePart, ComposePartProps } from "../../compose/parts";
import { IconButton } from "../../design/Button";
import { words } from "../../words";
import { openChosenFiles } from "../ChosenFiles";

/** Choose files, or drop them on the conversation, or paste them into the field. */
function Attach({ room, threadId }: ComposePartProps): JSX.Element {
    const { media } = words.value;
    const input = useRef<HTMLInputElement>(null);
    const [isOver, setOver] = useState(false);
    useEffect(() => {
        const around = input.current?.closest<HTMLElement>(".chat, .thread");
        return around ? takeFrom(around, room, threadId, setOver) : undefined;
    }, [room, threadId]);
    return (
        <>
            <IconButton icon="attach" label={media.attach} onClick={() => input.current?.click()} />
            <input
                ref={input}
                type="file"
                multiple
                hidden
                onChange={(event) => {
                    void openChosenFiles(room, threadId, event.currentTarget.files ?? []);
                    event.currentTarget.value = ""; // the same file can be chosen again
                }}
            />
            {isOver && <div class="drop-here">{media.dropHere}</div>}
        </>
    );
}

/** Files that are dropped on, or pasted into, a part of the page. */
function takeFrom(
    around: HTMLElement,
    room: Room,
    threadId: string | null,
    setOver: (isOver: boolean) => void,
): () => void {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent): void => {
        if (!hasFiles(event)) return;
        event.preventDefault(); // otherwise the browser would open the file instead of the conversation
        setOver(true);
    };
    const leave = (event: DragEvent): void => {
        if (!(event.relatedTarget instanceof Node) || !around.contains(event.relatedTarget)) setOver(false);
    };
    const drop = (event: DragEvent): void => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        void openChosenFiles(room, threadId, event.dataTransfer?.files ?? []);
    };
    const paste = (event: ClipboardEvent): void => {
        const files = event.clipboardData?.files;
        if (!files?.length || event.clipboardData?.types.includes("text/plain")) return; // a text that also comes as a picture
        event.preventDefault();
        void openChosenFiles(room, threadId, files);
    };
    around.addEventListener("dragover", over);
    around.addEventListener("dragleave", leave);
    around.addEventListener("drop", drop);
    around.addEventListener("paste", paste);
    return () => {
        around.removeEventListener("dragover", over);
        around.removeEventListener("dragleave", leave);
        around.removeEventListener("drop", drop);
        around.removeEventListener("paste", paste);
    };
}

export default { order: 10, side: "start", Part: Attach } satisfies ComposePart;
