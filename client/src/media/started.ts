import { effect } from "@preact/signals";
import type { Started } from "../app/parts";
import { forgetSendings, sendAllAgain } from "./outbox";

/** Files that wait for a connection go on when there is one. */
const start: Started = (matrix) => {
    const stop = effect(() => {
        if (matrix.connection.value === "online") queueMicrotask(() => sendAllAgain(matrix));
    });
    return () => {
        stop();
        forgetSendings();
    };
};

export default start;
