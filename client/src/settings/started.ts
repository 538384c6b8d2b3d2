import { effect } from "@preact/signals";
import { type IRoomTimelineData, type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import type { Started } from "../app/parts";
import { navigate } from "../app/route";
import type { Matrix } from "../matrix/matrix";
import { previewOf } from "../timeline/registry";
import { makesSound, playSound, showsNotices } from "./notices";

/** Older than this, a message was not said just now: it came after a while without a network. */
const NEW_MS = 60_000;

/** While Chappe is open: notices of what the push rules say, and how much is unread on the app's icon. */
const start: Started = (matrix) => {
    const { client, rooms } = matrix;
    const onEvent = (
        event: MatrixEvent,
        room: Room | undefined,
        toStart: boolean | undefined,
        _removed: boolean,
        data: IRoomTimelineData,
    ): void => {
        if (room && !toStart && data.liveEvent) void tell(matrix, event, room);
    };
    client.on(RoomEvent.Timeline, onEvent);
    const stopBadge = effect(() => showBadge(rooms.chats.value.reduce((sum, { unread }) => sum + unread, 0)));
    return () => {
        client.off(RoomEvent.Timeline, onEvent);
        stopBadge();
        showBadge(0);
    };
};

async function tell({ client, me }: Matrix, event: MatrixEvent, room: Room): Promise<void> {
    if (!showsNotices.value || document.hasFocus()) return;
    if (event.getSender() === me || Date.now() - event.getTs() > NEW_MS) return;
    if (event.isEncrypted()) await client.decryptEventIfNeeded(event);
    if (!client.getPushActionsForEvent(event)?.notify) return;
    const notice = new Notification(room.name, {
        body: previewOf(event),
        tag: room.roomId,
        icon: "/icons/chappe-192.png",
        silent: true,
    });
    notice.onclick = () => {
        window.focus();
        navigate({ name: "chat", parts: [room.roomId] });
        notice.close();
    };
    if (makesSound.value) playSound();
}

function showBadge(count: number): void {
    const badge = navigator as { setAppBadge?: (count: number) => Promise<void> };
    badge.setAppBadge?.(count).catch(() => undefined); // only an installed app has an icon for it
}

export default start;
