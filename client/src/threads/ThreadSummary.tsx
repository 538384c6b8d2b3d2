import { MatrixEventEvent, NotificationCountType, type Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { previewOf } from "../timeline/registry";
import { words } from "../words";
import { useThread } from "./threads";
import "./ThreadSummary.css";

/** How many answers a thread has, and the last of them. */
export function ThreadSummary({ room, rootId }: { room: Room; rootId: string }): JSX.Element | null {
    const { client } = useMatrix();
    const thread = useThread(room, rootId);
    const [, draw] = useState(0);
    const answer = thread?.replyToEvent ?? null;
    useEffect(() => {
        if (!answer?.isEncrypted()) return;
        const redraw = (): void => draw((count) => count + 1);
        answer.on(MatrixEventEvent.Decrypted, redraw);
        void client.decryptEventIfNeeded(answer); // it came with the summary, and not with the conversation
        return () => void answer.off(MatrixEventEvent.Decrypted, redraw);
    }, [client, answer]);
    if (!thread || thread.length === 0) return null;
    const { threads } = words.value;
    const last = thread.replyToEvent;
    const unread = room.getThreadUnreadNotificationCount(rootId, NotificationCountType.Total);
    return (
        <span class="thread-summary">
            <Icon name="thread" size={16} />
            <strong>{threads.answers(thread.length)}</strong>
            {last && last.getId() !== rootId && (
                <bdi class="one-line">
                    {last.sender?.name ?? last.getSender()}: {previewOf(last)}
                </bdi>
            )}
            {unread > 0 && (
                <span class="thread-unread">
                    {unread}
                    <span class="unseen">{words.value.rooms.unread(unread)}</span>
                </span>
            )}
        </span>
    );
}
