import { effect } from "@preact/signals";
import { type IRoomTimelineData, type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import type { Started } from "../app/parts";
import { showUnread } from "../design/pageTitle";
import type { Matrix } from "../matrix/matrix";
import { show, showsAs } from "../push/notice";
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
    const registration = await navigator.serviceWorker.getRegistration();
    const eventId = event.getId();
    if (!registration || !eventId) return;
    // Shown by the service worker, which is also there when somebody chooses it: Chrome on Android knows no other way.
    const options = { ...showsAs(room.roomId, eventId), body: previewOf(event), silent: true };
    await show(registration, { title: room.name, options });
    if (makesSound.value) playSound();
}

let badgeCount = -1;

function showBadge(count: number): void {
    if (count === badgeCount) return;
    badgeCount = count;
    showUnread(count);
    const badge = navigator as { setAppBadge?: (count: number) => Promise<void> };
    badge.setAppBadge?.(count).catch(() => undefined); // only an installed app has an icon for it
}

export default start;
