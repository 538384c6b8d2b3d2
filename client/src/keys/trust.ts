import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type CryptoApi, CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import type { Matrix } from "../matrix/matrix";
import { cryptoOf } from "./crypto";

/** What we know of somebody else's keys. */
export interface Trust {
    /**
     * `none`: they have none that could be compared. `known`: not compared. `compared`: compared, and the same since.
     * `changed`: other keys than before, which were never compared. `broken`: other keys than those that were compared.
     */
    kind: "none" | "known" | "compared" | "changed" | "broken";
    /** Devices of a compared person that they have not confirmed themselves: by ID and name. */
    unsigned: readonly { id: string; name: string }[];
}

const TOGETHER_MS = 300;

/** Other people's keys, as signals that follow what the crypto learns. */
export class People {
    private readonly known = new Map<string, Signal<Trust | null>>();
    private readonly count = signal(0);
    private timer: ReturnType<typeof setTimeout> | null = null;

    constructor(private readonly matrix: Matrix) {
        matrix.client.on(CryptoEvent.UserTrustStatusChanged, this.onPerson);
        matrix.client.on(CryptoEvent.DevicesUpdated, this.onDevices);
        matrix.client.on(CryptoEvent.KeysChanged, this.onAll);
    }

    /** Null until it is known. */
    trust(userId: string): ReadonlySignal<Trust | null> {
        let found = this.known.get(userId);
        if (!found) {
            found = signal<Trust | null>(null);
            this.known.set(userId, found);
            void this.look(userId);
        }
        return found;
    }

    /** Counts up whenever anything about anybody's keys has changed. */
    get changes(): ReadonlySignal<number> {
        return this.count;
    }

    private readonly onPerson = (userId: string): void => this.again([userId]);
    private readonly onDevices = (userIds: string[]): void => this.again(userIds);
    private readonly onAll = (): void => this.again([...this.known.keys()]);

    private again(userIds: readonly string[]): void {
        this.countLater();
        for (const userId of userIds) if (this.known.has(userId)) void this.look(userId);
    }

    /** A room of hundreds tells of its devices in a burst; what is drawn looks once. */
    private countLater(): void {
        this.timer ??= setTimeout(() => {
            this.timer = null;
            this.count.value++;
        }, TOGETHER_MS);
    }

    /** Look at somebody's keys now. */
    async look(userId: string): Promise<void> {
        try {
            const trust = await trustIn(cryptoOf(this.matrix), userId);
            const known = this.known.get(userId);
            if (known && JSON.stringify(known.peek()) !== JSON.stringify(trust)) known.value = trust;
        } catch (error) {
            console.warn("Keys could not be looked at", userId, error);
        }
    }

    close(): void {
        if (this.timer) clearTimeout(this.timer);
        this.matrix.client.off(CryptoEvent.UserTrustStatusChanged, this.onPerson);
        this.matrix.client.off(CryptoEvent.DevicesUpdated, this.onDevices);
        this.matrix.client.off(CryptoEvent.KeysChanged, this.onAll);
    }
}

export async function trustIn(crypto: CryptoApi, userId: string): Promise<Trust> {
    const status = await crypto.getUserVerificationStatus(userId);
    if (status.isCrossSigningVerified()) return { kind: "compared", unsigned: await unsignedOf(crypto, userId) };
    if (status.wasCrossSigningVerified()) return { kind: "broken", unsigned: [] };
    if (status.needsUserApproval) return { kind: "changed", unsigned: [] };
    return { kind: status.known ? "known" : "none", unsigned: [] };
}

async function unsignedOf(crypto: CryptoApi, userId: string): Promise<Trust["unsigned"]> {
    const devices = [...((await crypto.getUserDeviceInfo([userId])).get(userId)?.values() ?? [])];
    const looked = devices.map(async ({ deviceId, displayName }) => {
        const status = await crypto.getDeviceVerificationStatus(userId, deviceId);
        return status?.isVerified() || status?.signedByOwner ? [] : [{ id: deviceId, name: displayName || deviceId }];
    });
    return (await Promise.all(looked)).flat();
}

const all = new WeakMap<Matrix, People>();

export function peopleOf(matrix: Matrix): People {
    let people = all.get(matrix);
    if (!people) {
        people = new People(matrix);
        all.set(matrix, people);
    }
    return people;
}
