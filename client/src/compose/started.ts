import { effect } from "@preact/signals";
import { EventStatus } from "matrix-js-sdk";
import type { Started } from "../app/parts";

/** What could not be sent is sent again, in its order, when the server can be reached again. */
const start: Started = ({ client, connection }) =>
    effect(() => {
        if (connection.value !== "online") return;
        for (const room of client.getRooms()) {
            const waiting = room.getPendingEvents().filter((event) => event.status === EventStatus.NOT_SENT);
            void waiting
                .reduce(
                    (before, event) => before.then(() => client.resendEvent(event, room)).then(() => undefined),
                    Promise.resolve(),
                )
                .catch((error: unknown) => console.warn("Still not sent", error));
        }
    });

export default start;
