// Someone at a client made with matrix-js-sdk: what they do is asked of the SDK, what they see is waited for.

import * as sdk from "matrix-js-sdk";
import { CryptoEvent, VerificationPhase, VerificationRequestEvent, VerifierEvent } from "matrix-js-sdk/lib/crypto-api/index.js";

export const PASSWORD = "correct horse battery";
const WAIT_MS = 30_000; // Far more than any news takes, for a machine that has other things to do.

export class Person {
    constructor(address, name) {
        this.address = address;
        this.name = name;
        this.secretStorageKeys = new Map();
    }

    /** A new account, whose first device this is. */
    static async register(address, name, deviceName = "laptop") {
        const answer = await sdk.createClient({ baseUrl: address }).registerRequest({
            username: name,
            password: PASSWORD,
            initial_device_display_name: deviceName,
            auth: { type: "m.login.dummy" },
        });
        return new Person(address, name).#open(answer);
    }

    /** One more device of an account. */
    static async logIn(address, name, deviceName) {
        const answer = await sdk.createClient({ baseUrl: address }).loginRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user: name },
            password: PASSWORD,
            initial_device_display_name: deviceName,
        });
        return new Person(address, name).#open(answer);
    }

    get crypto() {
        return this.client.getCrypto();
    }

    async #open({ user_id: userId, device_id: deviceId, access_token: accessToken }) {
        this.userId = userId;
        this.deviceId = deviceId;
        this.client = sdk.createClient({
            baseUrl: this.address,
            userId,
            deviceId,
            accessToken,
            timelineSupport: true,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => {
                    const known = Object.keys(keys).find((id) => this.secretStorageKeys.has(id));
                    return known ? [known, this.secretStorageKeys.get(known)] : null;
                },
                cacheSecretStorageKey: (id, _info, key) => this.secretStorageKeys.set(id, key),
            },
        });
        await this.client.initRustCrypto({ useIndexedDB: false });
        await this.client.startClient({ initialSyncLimit: 20, threadSupport: true, pollTimeout: 20_000 });
        await until(`${userId} syncs`, () => this.client.isInitialSyncComplete(), this.client, sdk.ClientEvent.Sync);
        return this;
    }

    /** User-interactive authentication by password, where the server asks for it. */
    async withPassword(request) {
        try {
            return await request(null);
        } catch (refused) {
            if (refused.httpStatus !== 401 || !refused.data?.session) throw refused;
            return await request({
                type: "m.login.password",
                identifier: { type: "m.id.user", user: this.userId },
                password: PASSWORD,
                session: refused.data.session,
            });
        }
    }

    /** Cross-signing, secret storage and a key backup, as a client sets them up at the first login. */
    async setUpKeys() {
        let asked = 0;
        await this.crypto.bootstrapCrossSigning({
            authUploadDeviceSigningKeys: async (request) => {
                asked += 1;
                await request(null); // the first upload needs nothing more
            },
        });
        const recovery = await this.crypto.createRecoveryKeyFromPassphrase();
        await this.crypto.bootstrapSecretStorage({
            createSecretStorageKey: async () => recovery,
            setupNewKeyBackup: true,
        });
        check(asked === 1, "cross-signing keys were uploaded once");
        check(await this.crypto.isCrossSigningReady(), "cross-signing is ready");
        check(await this.crypto.isSecretStorageReady(), "secret storage is ready");
        return recovery;
    }

    room(roomId) {
        return this.client.getRoom(roomId);
    }

    /** Join a room that one is invited to, as soon as the invitation is there. */
    async accept(roomId) {
        await this.until("is invited", () => this.room(roomId)?.getMyMembership() === "invite");
        await this.client.joinRoom(roomId);
        await this.until("is in", () => this.room(roomId)?.getMyMembership() === "join");
    }

    /**
     * The event in a room, once it is there and can be read. `again`: try to read what could not be read when it came,
     * as a client does after a reload; the SDK does so by itself only for some of the copies that it makes of an event.
     */
    async reads(roomId, eventId, { again = false } = {}) {
        const find = () => this.room(roomId)?.findEventById(eventId);
        const isReadable = (event) => event && !event.isBeingDecrypted() && event.getType() !== "m.room.encrypted" && !event.isDecryptionFailure();
        await this.until(() => `reads ${eventId}, which is ${find()?.decryptionFailureReason ?? find()?.getType() ?? "not there"}`, async () => {
            const event = find();
            if (again && event?.isDecryptionFailure()) await event.attemptDecryption(this.crypto, { isRetry: true });
            return isReadable(event);
        });
        return find();
    }

    /** Wait until something holds; `what` is how it is called, or a function that says so in the end. */
    async until(what, holds) {
        const named = () => `${this.userId} ${this.deviceId} ${typeof what === "string" ? what : what()}`;
        await until(named, holds, this.client, sdk.ClientEvent.Sync);
    }

    close() {
        this.client.stopClient();
    }
}

/** Two devices of one person compare emoji; both take them for the same. */
export async function verifyByEmoji(asking, asked) {
    const came = new Promise((resolve) => asked.client.once(CryptoEvent.VerificationRequestReceived, resolve));
    const request = await asking.crypto.requestOwnUserVerification();
    const received = await came;
    await received.accept();
    await phase(request, VerificationPhase.Ready);
    const verifier = await request.startVerification("m.sas.v1");
    await phase(received, VerificationPhase.Started);
    const [one, other] = await Promise.all([emoji(verifier), emoji(received.verifier)]);
    check(JSON.stringify(one.sas.emoji) === JSON.stringify(other.sas.emoji), "both devices show the same emoji");
    await Promise.all([one.confirm(), other.confirm()]);
    await Promise.all([phase(request, VerificationPhase.Done), phase(received, VerificationPhase.Done)]);
}

/** One side of a comparison, whose other side is somebody at another client. */
export class Comparison {
    #came;

    constructor(person) {
        this.person = person;
        this.#came = new Promise((resolve) => person.client.once(CryptoEvent.VerificationRequestReceived, resolve));
    }

    async accepts() {
        this.request = await this.#came;
        await this.request.accept();
    }

    async asks(userId, roomId) {
        this.request = await this.person.crypto.requestVerificationDM(userId, roomId);
    }

    /** What is to be compared. `begins`: this side chooses that it is emoji. */
    async emoji({ begins = false } = {}) {
        await phase(this.request, begins ? VerificationPhase.Ready : VerificationPhase.Started);
        this.sas = await emoji(begins ? await this.request.startVerification("m.sas.v1") : this.request.verifier);
        return this.sas.sas.emoji;
    }

    async same() {
        await this.sas.confirm();
    }
}

async function emoji(verifier) {
    const shown = new Promise((resolve) => verifier.once(VerifierEvent.ShowSas, resolve));
    verifier.verify().catch(() => {}); // what went wrong is seen in the phase of the request
    return verifier.getShowSasCallbacks() ?? (await shown);
}

async function phase(request, wanted) {
    await until(`the verification is in phase ${wanted}`, () => request.phase === wanted, request, VerificationRequestEvent.Change);
}

/** Wait until something holds, looking at it again when the emitter tells and every so often. */
async function until(what, holds, emitter, event) {
    const end = Date.now() + WAIT_MS;
    while (!(await holds())) {
        if (Date.now() > end) throw new Error(`This has not come: ${typeof what === "string" ? what : what()}`);
        await new Promise((resolve) => {
            const timer = setTimeout(done, 100);
            function done() {
                clearTimeout(timer);
                emitter.off(event, done);
                resolve();
            }
            emitter.once(event, done);
        });
    }
}

export function check(holds, what) {
    if (!holds) throw new Error(`This does not hold: ${what}`);
}
