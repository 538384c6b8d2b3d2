import type { Seal } from "../matrix/seal";
import {
    type Catalogue,
    emptyCatalogue,
    emptyRoom,
    LIMITS,
    type Limits,
    type RoomIndex,
    type Segment,
    trim,
} from "./catalogue";
import { Slices } from "./idle";
import { type Message, matches, type WordList, wordListOf } from "./segment";
import type { Block, Shelf } from "./shelf";
import type { Wanted } from "./terms";

export interface Hit extends Message {
    roomId: string;
}

/** Where a message is: its segment; and the same for the edit whose text it has. */
interface Places {
    messages: Map<string, number>;
    edits: Map<string, string>;
}

const CATALOGUE = "catalogue";
/** Lists of words that stay in memory while somebody searches: so each further letter asks no disk. */
const MOST_IN_MEMORY = 256;
const inBetween = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * The messages of encrypted rooms by their words, on this device. Segments of some hundred messages each, two encrypted
 * blocks: one of words, which a search opens, and one of texts, opened where something is found.
 */
export class MessageIndex {
    private readonly places = new Map<string, Places>();
    private readonly lists = new Map<number, WordList>();
    private isChanged = false;
    private last: Promise<unknown> = Promise.resolve();

    private constructor(
        private readonly shelf: Shelf,
        private readonly seal: Seal,
        private catalogue: Catalogue,
        private readonly limits: Limits,
    ) {}

    /** One that cannot be read, because it is of another login or was half written, begins anew. */
    static async open(shelf: Shelf, seal: Seal, limits = LIMITS): Promise<MessageIndex> {
        const kept = await shelf.get(CATALOGUE);
        try {
            if (kept) return new MessageIndex(shelf, seal, await seal.open<Catalogue>(CATALOGUE, kept), limits);
        } catch (error) {
            console.warn("The index of messages begins anew", error);
            await shelf.clear();
        }
        return new MessageIndex(shelf, seal, emptyCatalogue(), limits);
    }

    get rooms(): Readonly<Record<string, RoomIndex>> {
        return this.catalogue.rooms;
    }

    room(roomId: string): RoomIndex | undefined {
        return this.catalogue.rooms[roomId];
    }

    count(roomId: string): number {
        return this.room(roomId)?.segments.reduce((sum, { count }) => sum + count, 0) ?? 0;
    }

    /** Take messages in; of one that is there already the newer text stays. */
    put(roomId: string, messages: readonly Message[]): Promise<void> {
        return this.inTurn(async () => {
            const room = this.known(roomId);
            const places = await this.placesIn(roomId);
            const isNew = messages.filter(
                ({ id }, i) => !places.messages.has(id) && messages.findIndex((each) => each.id === id) === i,
            );
            const changed = messages.filter(({ id }) => places.messages.has(id));
            const work = new Work();
            for (const message of changed) await this.replace(room, message, places.messages.get(message.id), work);
            for (let i = 0; i < isNew.length; ) {
                const segment = this.openSegment(room);
                const texts = await this.texts(segment, work);
                const some = isNew.slice(i, i + this.limits.segment - texts.length);
                work.texts.set(segment, [...texts, ...some]);
                i += some.length;
                segment.count = texts.length + some.length;
            }
            await this.write(roomId, work);
        });
    }

    /** Change the text of a message that is there; that of an older edit changes nothing. */
    edit(roomId: string, by: string, id: string, text: string, edit: { id: string; at: number }): Promise<void> {
        return this.inTurn(async () => {
            const room = this.room(roomId);
            const name = room && (await this.placesIn(roomId)).messages.get(id);
            const segment = room?.segments.find((each) => each.name === name);
            if (!room || !segment) return;
            const work = new Work();
            const before = (await this.texts(segment, work)).find((each) => each.id === id);
            if (!before || before.by !== by) return;
            await this.replace(room, { ...before, text, edit }, name, work);
            await this.write(roomId, work);
        });
    }

    /** What was deleted is not found any more. Returns the message whose text was that of a deleted edit. */
    remove(roomId: string, id: string): Promise<string | null> {
        return this.inTurn(async () => {
            const room = this.room(roomId);
            if (!room) return null;
            const places = await this.placesIn(roomId);
            const segment = room.segments.find(({ name }) => name === places.messages.get(id));
            if (!segment) return places.edits.get(id) ?? null;
            const work = new Work();
            const left = (await this.texts(segment, work)).filter((each) => each.id !== id);
            work.texts.set(segment, left);
            places.messages.delete(id);
            await this.write(roomId, work);
            return null;
        });
    }

    /** A room that somebody has left, or that is not to be kept. */
    drop(roomId: string): Promise<void> {
        return this.inTurn(async () => {
            const room = this.room(roomId);
            if (!room) return;
            const gone = room.segments.map(({ name }) => name);
            delete this.catalogue.rooms[roomId];
            this.places.delete(roomId);
            await this.keep(new Map(), gone);
        });
    }

    /** Change what is known of a room. */
    note(roomId: string, about: Partial<RoomIndex>): void {
        Object.assign(this.known(roomId), about);
        this.isChanged = true;
    }

    /** Write down what the index knows of itself. What is lost without it is read again. */
    flush(): Promise<void> {
        return this.inTurn(async () => {
            if (!this.isChanged) return;
            this.isChanged = false;
            await this.shelf.write(new Map([[CATALOGUE, await this.seal.seal(CATALOGUE, this.catalogue)]]), []);
        });
    }

    /** The newest messages with all the words. Rests between segments, so that it is never in the way of who types. */
    async search(
        wanted: readonly Wanted[],
        { roomId, limit, signal }: { roomId?: string | undefined; limit: number; signal?: AbortSignal },
    ): Promise<{ hits: Hit[]; isMore: boolean }> {
        const slices = new Slices(inBetween);
        const rooms = roomId === undefined ? Object.entries(this.rooms) : [[roomId, this.room(roomId)] as const];
        const segments = rooms
            .flatMap(([id, room]) => room?.segments.map((segment) => ({ id, segment })) ?? [])
            .sort((one, other) => other.segment.to - one.segment.to);
        let hits: Hit[] = [];
        for (const { id, segment } of wanted.length > 0 ? segments : []) {
            const enough = hits[limit];
            if (enough && enough.at >= segment.to) break; // what follows is older than all of these
            signal?.throwIfAborted();
            const numbers = matches(await this.list(segment), wanted);
            if (numbers.length > 0) {
                const texts = await this.texts(segment);
                // Looked at again: it may have been written anew between the two.
                const found = numbers
                    .flatMap((number) => texts[number] ?? [])
                    .filter((message) => hasAll(message, wanted));
                hits = [...hits, ...found.map((message) => ({ ...message, roomId: id }))].sort(
                    (one, other) => other.at - one.at,
                );
            }
            await slices.rest();
        }
        return { hits: hits.slice(0, limit), isMore: hits.length > limit };
    }

    /** Nobody searches any more. */
    forgetLists(): void {
        this.lists.clear();
    }

    close(): void {
        this.shelf.close();
    }

    private known(roomId: string): RoomIndex {
        this.catalogue.rooms[roomId] ??= emptyRoom();
        return this.catalogue.rooms[roomId];
    }

    private openSegment(room: RoomIndex): Segment {
        const last = room.segments.at(-1);
        if (last && last.count < this.limits.segment) return last;
        const segment = { name: this.catalogue.next++, count: 0, bytes: 0, from: Number.MAX_SAFE_INTEGER, to: 0 };
        room.segments.push(segment);
        return segment;
    }

    private async replace(room: RoomIndex, message: Message, name: number | undefined, work: Work): Promise<void> {
        const segment = room.segments.find((each) => each.name === name);
        if (!segment) return;
        const texts = await this.texts(segment, work);
        const isNewer = (before: Message): boolean => (message.edit?.at ?? 0) >= (before.edit?.at ?? 0);
        const isSame = (before: Message): boolean =>
            before.text === message.text && before.edit?.id === message.edit?.id;
        if (!texts.some((each) => each.id === message.id && isNewer(each) && !isSame(each))) return;
        work.texts.set(
            segment,
            texts.map((each) => (each.id === message.id ? message : each)),
        );
    }

    private async write(roomId: string, { texts }: Work): Promise<void> {
        const room = this.known(roomId);
        const blocks = new Map<string, Block>();
        const gone: number[] = [];
        const places = await this.placesIn(roomId);
        for (const [segment, messages] of texts) {
            if (messages.length === 0) {
                room.segments = room.segments.filter((each) => each !== segment);
                gone.push(segment.name);
                continue;
            }
            const list = wordListOf(messages);
            const sealed = {
                words: await this.seal.seal(`words ${segment.name}`, list),
                texts: await this.seal.seal(`texts ${segment.name}`, messages),
            };
            for (const [part, block] of Object.entries(sealed)) blocks.set(`${part} ${segment.name}`, block);
            const times = messages.map(({ at }) => at);
            segment.count = messages.length;
            segment.bytes = sealed.words.length + sealed.texts.length;
            segment.from = Math.min(...times);
            segment.to = Math.max(...times);
            for (const message of messages) placeIn(places, message, segment.name);
            await inBetween();
        }
        const tooMuch = trim(this.catalogue, this.limits);
        if (tooMuch.length > 0) this.places.clear();
        await this.keep(blocks, [...gone, ...tooMuch]);
    }

    private async keep(blocks: ReadonlyMap<string, Block>, gone: readonly number[]): Promise<void> {
        this.isChanged = true;
        const names = gone.flatMap((name) => [`words ${name}`, `texts ${name}`]);
        await this.shelf.write(new Map([...blocks].filter(([name]) => !names.includes(name))), names);
        for (const name of [...blocks.keys(), ...names]) this.lists.delete(Number(name.split(" ")[1])); // may just have been read
    }

    /** Learnt when a room is first written to. */
    private async placesIn(roomId: string): Promise<Places> {
        const known = this.places.get(roomId);
        if (known) return known;
        const places: Places = { messages: new Map(), edits: new Map() };
        for (const segment of this.room(roomId)?.segments ?? []) {
            for (const message of await this.texts(segment)) placeIn(places, message, segment.name);
        }
        this.places.set(roomId, places);
        return places;
    }

    private async list(segment: Segment): Promise<WordList> {
        const known = this.lists.get(segment.name);
        if (known) return known;
        const list = (await this.read<WordList>(`words ${segment.name}`)) ?? { words: [], at: [] };
        if (this.lists.size >= MOST_IN_MEMORY) this.lists.clear();
        this.lists.set(segment.name, list);
        return list;
    }

    private async texts(segment: Segment, work?: Work): Promise<readonly Message[]> {
        return work?.texts.get(segment) ?? (await this.read<Message[]>(`texts ${segment.name}`)) ?? [];
    }

    /** Undefined for what is not there, or no more, or damaged: then it is not found. */
    private async read<T>(name: string): Promise<T | undefined> {
        const block = await this.shelf.get(name);
        try {
            return block && (await this.seal.open<T>(name, block));
        } catch (error) {
            console.warn("A part of the index of messages cannot be read", error);
            return undefined;
        }
    }

    /** What writes goes one after the other. */
    private inTurn<T>(act: () => Promise<T>): Promise<T> {
        const turn = this.last.then(act);
        this.last = turn.catch(() => undefined);
        return turn;
    }
}

/** What is being changed: the messages that segments will have. */
class Work {
    readonly texts = new Map<Segment, readonly Message[]>();
}

function hasAll(message: Message, wanted: readonly Wanted[]): boolean {
    return matches(wordListOf([message]), wanted).length > 0;
}

function placeIn(places: Places, { id, edit }: Message, name: number): void {
    places.messages.set(id, name);
    if (edit) places.edits.set(edit.id, id);
}
