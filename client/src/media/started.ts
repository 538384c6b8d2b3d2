import { effect } from "@preact/signals";
import { ClientEvent } from "matrix-js-sdk";
import type { Started } from "../app/parts";
import { forgetSendings, sendAllAgain, sendKept } from "./outbox";

/** Files that wait for a connection go on when there is one, also those that a page before this one left. */
const start: Started = (matrix) => {
    sendKept(matrix).catch((error: unknown) => console.warn("Files that waited are not here", error));
    const stop = effect(() => {
        if (matrix.connection.value === "online") queueMicrotask(() => sendAllAgain(matrix));
    });
    const onRoom = (): void => sendAllAgain(matrix);
    matrix.client.on(ClientEvent.Room, onRoom);
    return () => {
        matrix.client.off(ClientEvent.Room, onRoom);
        stop();
        forgetSendings();
    };
};

export default start;
