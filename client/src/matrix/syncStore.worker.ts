import { IndexedDBStoreWorker } from "matrix-js-sdk/lib/indexeddb-worker";

/** Keeps what came with /sync, beside the page, so that writing it down never stops somebody who types. */
const worker = new IndexedDBStoreWorker((message: unknown) => self.postMessage(message));

self.onmessage = worker.onMessage;
