import { signal } from "@preact/signals";
import { MatrixError, MatrixEvent, RoomEvent } from "matrix-js-sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Matrix } from "../matrix/matrix";
import { Seal } from "../matrix/seal";
import { coverageOf, emptyRoom, type RoomIndex } from "./catalogue";
import { MessageIndex } from "./messageIndex";
import { Reader } from "./reader";
import type { Block, Shelf } from "./shelf";
import { wantedIn } from "./terms";

const ROOM = "!a:x";
type Raw = ConstructorParameters<typeof MatrixEvent>[0];

const said = (n: number, more: Raw = {}): Raw => ({
    type: "m.room.message",
    event_id: `$${n}`,
    room_id: ROOM,
    sender: "@ann:x",
    origin_server_ts: n,
    content: { body: `word number${n}` },
    ...more,
});
const redacts = (n: number, id: string): Raw => said(n, { type: "m.room.redaction", redacts: id, content: {} });

/** A server with a room of some messages, which this device knows from some message on. */
class World {
    readonly listeners = new Map<string, ((...told: never[]) => void)[]>();
    readonly blocks = new Map<string, Block>();
    readonly pages: (string | null)[] = [];
    live: MatrixEvent[] = [];
    token: string | null = null;
    membership = "join";
    isForbidden = false;
    private index: MessageIndex | null = null;
    reader: Reader | null = null;

    constructor(readonly all: Raw[]) {}

    /** The browser is opened: it has what the server said last, from one message on. */
    async open(from: number): Promise<MessageIndex> {
        this.live = this.all.slice(from).map((raw) => new MatrixEvent(raw));
        this.token = from > 0 ? `${from}` : null;
        const shelf: Shelf = {
            get: async (name) => this.blocks.get(name),
            write: async (blocks, gone) => {
                for (const name of gone) this.blocks.delete(name);
                for (const [name, block] of blocks) this.blocks.set(name, block);
            },
            clear: async () => this.blocks.clear(),
            close: () => undefined,
        };
        this.index = await MessageIndex.open(shelf, await Seal.from(new Uint8Array(32), "test"));
        this.reader = new Reader(this.matrix(), this.index, () => undefined);
        return this.index;
    }

    /** Something is said while the browser is open. */
    say(raw: Raw): void {
        this.all.push(raw);
        const event = new MatrixEvent(raw);
        this.live.push(event);
        this.tell(RoomEvent.Timeline, event, this.room(), false, false);
    }

    tell(name: string, ...told: unknown[]): void {
        for (const listener of this.listeners.get(name) ?? []) listener(...(told as never[]));
    }

    room() {
        return {
            roomId: ROOM,
            getMyMembership: () => this.membership,
            hasEncryptionStateEvent: () => true,
            getLiveTimeline: () => ({ getEvents: () => this.live, getPaginationToken: () => this.token }),
        };
    }

    private matrix(): Matrix {
        const client = {
            on: (name: string, act: () => void) => this.listeners.set(name, [...(this.listeners.get(name) ?? []), act]),
            off: (name: string) => this.listeners.delete(name),
            getRooms: () => [this.room()],
            getEventMapper: () => (raw: Raw) => new MatrixEvent(raw),
            decryptEventIfNeeded: async () => undefined,
            createMessagesRequest: async (_: string, token: string | null) => {
                this.pages.push(token);
                if (this.isForbidden) throw new MatrixError({ errcode: "M_FORBIDDEN" }, 403);
                const end = token === null ? this.all.length : Number(token);
                const start = Math.max(0, end - 3);
                return { chunk: this.all.slice(start, end).reverse(), ...(start > 0 && { end: `${start}` }) };
            },
        };
        const rooms = { room: (id: string) => (id === ROOM ? this.room() : null) };
        return { client, rooms, connection: signal("online") } as unknown as Matrix;
    }

    async found(term = "word"): Promise<number[]> {
        const { hits } = (await this.index?.search(wantedIn(term), { limit: 99 })) ?? { hits: [] };
        return hits.map(({ at }) => at);
    }

    async close(): Promise<void> {
        this.reader?.close();
        this.listeners.clear();
        await this.index?.flush();
    }
}

let world: World;

/** The real one, while the tests set the other. */
const sleep = globalThis.setTimeout;

/** Let time pass until something holds. What is asked for it may itself wait for time to pass. */
async function until(holds: () => Promise<void> | void): Promise<void> {
    for (let i = 0; ; i++) {
        let told: "waiting" | "held" | { error: unknown } = "waiting";
        const asked = (async () => holds())();
        asked.then(
            () => (told = "held"),
            (error: unknown) => (told = { error }),
        );
        while ((told as string) === "waiting") {
            await vi.advanceTimersByTimeAsync(500);
            await new Promise((done) => sleep(done, 1)); // the cryptography is beside, and may be slow
        }
        if ((told as string) === "held") return;
        if (i > 300) throw (told as unknown as { error: unknown }).error;
    }
}

const finds = (...times: number[]): Promise<void> => until(async () => expect(await world.found()).toEqual(times));
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, i) => from - i);

beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    world = new World(Array.from({ length: 10 }, (_, i) => said(i + 1)));
});
afterEach(async () => {
    await world.close();
    vi.useRealTimers();
});

test("what comes in is found, and what was said before is read back to the beginning", async () => {
    const index = await world.open(8);
    await finds(...down(10, 1));
    await until(() => expect(coverageOf(known(index))).toEqual({ since: null, isReading: false, missing: 0 }));
    expect(world.pages).toEqual(["8", "5", "2"]);
    world.say(said(11));
    world.say(redacts(12, "$3"));
    await finds(...down(11, 4), 2, 1);
});

test("what was said and deleted while the browser was closed is read, and no more than that", async () => {
    const index = await world.open(8);
    await until(() => expect(known(index).isWhole).toBe(true));
    await world.close();
    world.pages.length = 0;
    for (let n = 11; n <= 18; n++) world.all.push(said(n));
    world.all.push(redacts(19, "$9"), said(20));
    const again = await world.open(19); // only the newest message is there: a stretch is missing
    await finds(20, ...down(18, 10), ...down(8, 1));
    await until(() => expect(known(again).holes).toEqual([]));
    expect(world.pages).toEqual(["19", "16", "13", "10"]); // up to where it was read before
});

test("where nothing is missing the server is not asked", async () => {
    const index = await world.open(8);
    await until(() => expect(known(index).isWhole).toBe(true));
    await world.close();
    world.pages.length = 0;
    await world.open(5);
    world.say(said(11));
    await finds(...down(11, 1));
    expect(world.pages).toEqual([]);
});

test("a room in which more must not be read is left as it is, and one that was left is forgotten", async () => {
    world.isForbidden = true;
    const index = await world.open(8);
    await until(() => expect(world.pages).toEqual(["8"]));
    await until(() => expect(known(index).holes).toEqual([]));
    await finds(10, 9);
    expect(world.pages).toEqual(["8"]);
    expect(coverageOf(known(index))).toMatchObject({ since: 9, isReading: false });
    world.membership = "leave";
    world.tell(RoomEvent.MyMembership, world.room());
    await until(() => expect(index.room(ROOM)).toBeUndefined());
    await finds();
});

test("what cannot be decrypted is counted, and read once its key is there", async () => {
    const index = await world.open(8);
    await finds(...down(10, 1));
    world.say(said(11, { type: "m.room.encrypted", content: { algorithm: "m.megolm.v1.aes-sha2" } }));
    await until(() => expect(known(index).missing).toBe(1));
    world.all[10] = said(11); // as it reads from now on
    world.reader?.readMissingAgain();
    await finds(...down(11, 1));
    await until(() => expect(known(index)).toMatchObject({ missing: 0, holes: [], isWhole: true }));
});

function known(index: MessageIndex): RoomIndex {
    return index.room(ROOM) ?? emptyRoom();
}
