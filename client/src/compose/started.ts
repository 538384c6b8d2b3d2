import { effect } from "@preact/signals";
import { EventStatus, type MatrixEvent, type Room, RoomEvent } from "matrix-js-sdk";
import type { Started } from "../app/parts";
import { DraftsInStep } from "./draftsInStep";
import { Queue } from "./queue";
import { readAllWaiting } from "./waiting";

/** Drafts are in step, and what could not be sent is sent again, in its order, when the server can be reached again. */
const start: Started = (matrix) => {
    const { client, connection } = matrix;
    const drafts = new DraftsInStep(matrix);
    const queue = new Queue(client, () => connection.peek() === "online");
    const stop = effect(() => {
        if (connection.value === "online") void queue.flushAll();
    });
    const onEcho = (event: MatrixEvent, room: Room): void => {
        // After the SDK has written down why: what only waited behind another goes now.
        if (event.status === EventStatus.NOT_SENT) setTimeout(() => void queue.flush(room), 0);
    };
    client.on(RoomEvent.LocalEchoUpdated, onEcho);
    const stopReading = readAllWaiting(client);
    return () => {
        stop();
        stopReading();
        queue.close();
        drafts.close();
        client.off(RoomEvent.LocalEchoUpdated, onEcho);
    };
};

export default start;
