import { type ReadonlySignal, signal } from "@preact/signals";
import { ClientEvent, type MatrixEvent } from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { cryptoOf } from "./crypto";
import { type Device, devicesOf } from "./devices";

/** How it stands with the keys of whoever is logged in. */
export interface KeysView {
    /** Somebody set up keys of this person, on this device or another. */
    hasIdentity: boolean;
    /** Those keys vouch for this device. */
    isConfirmed: boolean;
    /** The private ones are on this device, so that it can confirm others. */
    canConfirm: boolean;
    /** There is a recovery key: the secret storage has one. */
    hasRecovery: boolean;
    /** Which copy of the keys of rooms this device adds to. */
    backup: string | null;
}

const NOTHING: KeysView = {
    hasIdentity: false,
    isConfirmed: false,
    canConfirm: false,
    hasRecovery: false,
    backup: null,
};

/** Watches the keys, as signals. One for each login: `keysOf(matrix)`. */
export class Keys {
    private readonly state = signal<KeysView>(NOTHING);
    private readonly left = signal<number | null>(null);
    private readonly failing = signal(false);
    private readonly own = signal<readonly Device[]>([]);
    private readonly looked = signal(false);
    private isPlanned = false;
    private isClosed = false;

    constructor(private readonly matrix: Matrix) {
        const { client } = matrix;
        client.on(CryptoEvent.KeysChanged, this.plan);
        client.on(CryptoEvent.UserTrustStatusChanged, this.onPerson);
        client.on(CryptoEvent.DevicesUpdated, this.onDevices);
        client.on(CryptoEvent.KeyBackupStatus, this.plan);
        client.on(CryptoEvent.KeyBackupSessionsRemaining, this.onLeft);
        client.on(CryptoEvent.KeyBackupFailed, this.onFailed);
        client.on(ClientEvent.AccountData, this.onAccountData);
    }

    get view(): ReadonlySignal<KeysView> {
        return this.state;
    }

    /** Until it has been looked at once, nothing is known, and nobody should be warned. */
    get isKnown(): ReadonlySignal<boolean> {
        return this.looked;
    }

    /** How many keys the copy lacks, as last told or counted; null until something is known. */
    get remaining(): ReadonlySignal<number | null> {
        return this.left;
    }

    get isFailing(): ReadonlySignal<boolean> {
        return this.failing;
    }

    /** This person's devices that can encrypt, this one included. */
    get devices(): ReadonlySignal<readonly Device[]> {
        return this.own;
    }

    private readonly onPerson = (userId: string): void => {
        if (userId === this.matrix.me) this.plan();
    };

    private readonly onDevices = (userIds: string[]): void => {
        if (userIds.includes(this.matrix.me)) this.plan();
    };

    private readonly onLeft = (left: number): void => {
        this.left.value = left;
        this.failing.value = false;
    };

    private readonly onFailed = (): void => {
        this.failing.value = true;
    };

    private readonly onAccountData = (event: MatrixEvent): void => {
        if (/^m\.(secret_storage|cross_signing|megolm_backup)\./.test(event.getType())) this.plan();
    };

    private readonly plan = (): void => {
        if (this.isPlanned) return;
        this.isPlanned = true;
        setTimeout(() => {
            this.isPlanned = false;
            this.look().catch((error: unknown) => console.warn("Keys could not be looked at", error));
        }, 50);
    };

    /** Look at everything now. */
    async look(): Promise<void> {
        if (this.isClosed) return;
        const crypto = cryptoOf(this.matrix);
        const { me, session } = this.matrix;
        const [identity, device, signing, storage, backup, devices] = await Promise.all([
            crypto.getUserCrossSigningKeys(me),
            crypto.getDeviceVerificationStatus(me, session.deviceId),
            crypto.getCrossSigningStatus(),
            crypto.getSecretStorageStatus(),
            crypto.getActiveSessionBackupVersion(),
            devicesOf(crypto, me),
        ]);
        if (this.isClosed) return;
        const { masterKey, selfSigningKey } = signing.privateKeysCachedLocally;
        this.own.value = devices;
        this.state.value = {
            hasIdentity: identity?.master_key !== undefined,
            isConfirmed: device?.crossSigningVerified ?? false,
            canConfirm: masterKey && selfSigningKey,
            hasRecovery: storage.defaultKeyId !== null && signing.privateKeysInSecretStorage,
            backup,
        };
        this.looked.value = true;
    }

    /**
     * Count what the copy lacks: a new key is added only seconds later, and nobody tells of it. Not done by `look`, as
     * it takes long where there are hundreds of thousands.
     */
    async count(): Promise<void> {
        this.left.value = null;
        const counting = cryptoOf(this.matrix) as Partial<Counting>;
        const counts = await counting.olmMachine?.roomKeyCounts();
        if (counts) this.left.value = counts.total - counts.backedUp;
    }

    close(): void {
        const { client } = this.matrix;
        this.isClosed = true;
        client.off(CryptoEvent.KeysChanged, this.plan);
        client.off(CryptoEvent.UserTrustStatusChanged, this.onPerson);
        client.off(CryptoEvent.DevicesUpdated, this.onDevices);
        client.off(CryptoEvent.KeyBackupStatus, this.plan);
        client.off(CryptoEvent.KeyBackupSessionsRemaining, this.onLeft);
        client.off(CryptoEvent.KeyBackupFailed, this.onFailed);
        client.off(ClientEvent.AccountData, this.onAccountData);
    }
}

/** What the SDK counts with, and does not give out. Where it is called otherwise, the number stays unknown. */
interface Counting {
    olmMachine: { roomKeyCounts(): Promise<{ total: number; backedUp: number }> };
}

const all = new WeakMap<Matrix, Keys>();

export function keysOf(matrix: Matrix): Keys {
    let keys = all.get(matrix);
    if (!keys) {
        keys = new Keys(matrix);
        all.set(matrix, keys);
    }
    return keys;
}
