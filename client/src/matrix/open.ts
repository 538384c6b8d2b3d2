import {
    ClientEvent,
    createClient,
    HttpApiEvent,
    IndexedDBStore,
    type MatrixClient,
    PendingEventOrdering,
    type RoomNameState,
    RoomNameType,
} from "matrix-js-sdk";
import { ownScript } from "../app/trusted";
import { forgetDrafts } from "../compose/drafts";
import { forgetFiles } from "../media/keptFiles";
import { startWorker } from "../media/startWorker";
import { forgetPush } from "../push/subscribe";
import type { Session } from "../session/kept";
import { end } from "../session/state";
import { Tokens } from "../session/tokens";
import { words } from "../words";
import { commitToMessages } from "./commitments";
import { cryptoCallbacks } from "./cryptoCallbacks";
import { quiet } from "./logger";
import { Matrix } from "./matrix";
import { setServerOf } from "./official";
import syncStoreWorker from "./syncStore.worker?worker&url";

/** The names of the databases in the browser; logging out removes them. */
const CRYPTO = "chappe-crypto";
const SYNC = "chappe-sync";

/** As long as somebody waits who logs out. */
const SOON_MS = 1_000;

/** What a first sync brings of each room: enough for the list of chats. */
const FIRST_MESSAGES = 10;

/** Open the stores and the crypto of a session, and begin to sync. Returns when the list of chats can be shown. */
export async function openMatrix(session: Session): Promise<Matrix> {
    setServerOf(session.userId);
    const tokens = new Tokens(session);
    const store = new IndexedDBStore({
        indexedDB,
        dbName: SYNC,
        localStorage,
        workerFactory: () => new Worker(ownScript(syncStoreWorker), { type: "module" }),
    });
    const client = createClient({
        baseUrl: location.origin,
        userId: session.userId,
        deviceId: session.deviceId,
        accessToken: session.accessToken,
        fetchFn: tokens.fetch,
        store,
        logger: quiet,
        timelineSupport: true,
        useAuthorizationHeader: true,
        cryptoCallbacks,
        roomNameGenerator: (_, state) => roomName(state),
    });
    tokens.changed = (accessToken) => client.setAccessToken(accessToken);
    client.on(
        HttpApiEvent.SessionLoggedOut,
        (error) => void endedElsewhere(client, session, error.data?.["soft_logout"] === true),
    );
    await Promise.all([
        startWorker(),
        store.startup(),
        client.initRustCrypto({ cryptoDatabasePrefix: CRYPTO, storageKey: bytesOf(session.storageKey) }),
    ]);
    commitToMessages(client);
    const matrix = new Matrix(client, session);
    await client.startClient({
        initialSyncLimit: FIRST_MESSAGES,
        lazyLoadMembers: true,
        threadSupport: true,
        pendingEventOrdering: PendingEventOrdering.Detached,
    });
    await untilPrepared(client);
    return matrix;
}

/** Log out: tell the server, and leave nothing in this browser. */
export async function logOut(matrix: Matrix): Promise<void> {
    matrix.close();
    await matrix.client.logout(true).catch(() => undefined); // without a network the login stays in the person's list of devices
    await forgetEverything(matrix.client);
    await end(matrix.session);
}

async function endedElsewhere(client: MatrixClient, session: Session, isSoft: boolean): Promise<void> {
    client.stopClient();
    if (!isSoft) await forgetEverything(client);
    await end(session, isSoft ? "expired" : "elsewhere");
}

/** Returns soon: what is held open until the memory of this page is tidied goes when the page is loaded anew. */
async function forgetEverything(client: MatrixClient): Promise<void> {
    const cleared = client
        .clearStores({ cryptoDatabasePrefix: CRYPTO })
        .catch((error: unknown) => console.error(error));
    await Promise.race([cleared, new Promise((resolve) => setTimeout(resolve, SOON_MS))]);
    for (const name of Object.keys(localStorage)) {
        if (!["chappe.language", "chappe.theme", "chappe.textSize"].includes(name)) localStorage.removeItem(name);
    }
    forgetDrafts();
    const forgotten = Promise.all([forgetPush(), forgetFiles()]);
    await Promise.race([
        forgotten.catch((error: unknown) => console.error(error)),
        new Promise((resolve) => setTimeout(resolve, SOON_MS)),
    ]);
}

function untilPrepared(client: MatrixClient): Promise<void> {
    return new Promise((resolve) => {
        const look = (): void => {
            // Also when the server is away: what the browser kept is shown, and can be read.
            if (!client.isInitialSyncComplete() && !client.getSyncStateData()?.error) return;
            client.off(ClientEvent.Sync, look);
            resolve();
        };
        client.on(ClientEvent.Sync, look);
        look();
    });
}

function roomName(state: RoomNameState): string | null {
    const { common, rooms } = words.value;
    switch (state.type) {
        case RoomNameType.Actual:
            return state.name;
        case RoomNameType.Generated:
            return common.list(state.names);
        case RoomNameType.EmptyRoom:
            return state.oldName ?? rooms.noMessages;
    }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}
