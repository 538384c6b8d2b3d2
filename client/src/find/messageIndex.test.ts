import { expect, test } from "vitest";
import { Seal } from "../matrix/seal";
import type { Limits } from "./catalogue";
import { type Hit, MessageIndex } from "./messageIndex";
import type { Message } from "./segment";
import type { Block, Shelf } from "./shelf";
import { wantedIn } from "./terms";

class MemoryShelf implements Shelf {
    readonly blocks = new Map<string, Block>();
    reads = 0;

    async get(name: string): Promise<Block | undefined> {
        this.reads++;
        return this.blocks.get(name);
    }

    async write(blocks: ReadonlyMap<string, Block>, gone: readonly string[]): Promise<void> {
        for (const name of gone) this.blocks.delete(name);
        for (const [name, block] of blocks) this.blocks.set(name, block);
    }

    async clear(): Promise<void> {
        this.blocks.clear();
    }

    close(): void {}
}

const SMALL: Limits = { segment: 4, room: 12, all: 20, bytes: 1_000_000 };
const sealFor = (secret: string): Promise<Seal> => Seal.from(new TextEncoder().encode(secret), "message index");
const said = (n: number, text: string, by = "@ann:x"): Message => ({ id: `$${n}`, at: n, by, text });

async function opened(
    limits = SMALL,
): Promise<{ shelf: MemoryShelf; index: MessageIndex; again: () => Promise<MessageIndex> }> {
    const shelf = new MemoryShelf();
    const seal = await sealFor("key");
    const index = await MessageIndex.open(shelf, seal, limits);
    const again = async (): Promise<MessageIndex> => {
        await index.flush();
        return MessageIndex.open(shelf, seal, limits);
    };
    return { shelf, index, again };
}

async function found(index: MessageIndex, term: string, roomId?: string): Promise<string[]> {
    const { hits } = await index.search(wantedIn(term), { limit: 50, roomId });
    return hits.map(({ id }: Hit) => id);
}

test("messages are found by all of the words, the newest first, also after the browser was closed", async () => {
    const { index, again } = await opened();
    await index.put("!a:x", [
        said(1, "clear sky over Lille"),
        said(2, "fog over Strasbourg"),
        said(3, "a clear morning"),
    ]);
    await index.put("!b:x", [said(4, "Clear again")]);
    for (const each of [index, await again()]) {
        expect(await found(each, "clear")).toEqual(["$4", "$3", "$1"]);
        expect(await found(each, "over cle")).toEqual(["$1"]);
        expect(await found(each, "clear ", "!b:x")).toEqual(["$4"]);
        expect(await found(each, "nothing")).toEqual([]);
        expect(await found(each, "  ")).toEqual([]);
    }
});

test("nothing that is kept can be read, and another key begins anew", async () => {
    const { shelf, index } = await opened();
    await index.put("!room:x", [said(1, "unmistakable")]);
    await index.flush();
    const kept = [...shelf.blocks].map(([name, block]) => name + new TextDecoder("latin1").decode(block)).join();
    expect(kept).not.toMatch(/unmistakable|room:x|@ann/);
    const other = await MessageIndex.open(shelf, await sealFor("another"), SMALL);
    expect(await found(other, "unmistakable")).toEqual([]);
    expect(shelf.blocks.size).toBe(0);
});

test("a block in the place of another is not taken for it", async () => {
    const { shelf, index, again } = await opened();
    await index.put("!a:x", [said(1, "first")]);
    await index.put("!b:x", [said(2, "second")]);
    shelf.blocks.set("texts 1", shelf.blocks.get("texts 2") as Block);
    expect(await found(await again(), "first")).toEqual([]);
});

test("what comes twice is there once", async () => {
    const { index, again } = await opened();
    await index.put("!a:x", [said(1, "once"), said(1, "once")]);
    await index.put("!a:x", [said(1, "once")]);
    const other = await again();
    await other.put("!a:x", [said(1, "once")]);
    expect(await found(other, "once")).toEqual(["$1"]);
    expect(other.count("!a:x")).toBe(1);
});

test("an edit replaces the text, an older edit does not, nor that of somebody else", async () => {
    const { index } = await opened();
    await index.put("!a:x", [said(1, "at noon")]);
    await index.edit("!a:x", "@ann:x", "$1", "at two", { id: "$e2", at: 20 });
    await index.edit("!a:x", "@ann:x", "$1", "at one", { id: "$e1", at: 10 });
    await index.edit("!a:x", "@eve:x", "$1", "never", { id: "$e3", at: 30 });
    expect(await found(index, "two")).toEqual(["$1"]);
    for (const term of ["noon", "one", "never"]) expect(await found(index, term)).toEqual([]);
    await index.put("!a:x", [said(1, "at noon")]); // as it comes once more, without its edit
    expect(await found(index, "two")).toEqual(["$1"]);
});

test("what is deleted is found no more, and of a deleted edit the message is named", async () => {
    const { shelf, index, again } = await opened();
    await index.put("!a:x", [said(1, "secret"), said(2, "other")]);
    await index.edit("!a:x", "@ann:x", "$2", "changed", { id: "$e", at: 9 });
    expect(await index.remove("!a:x", "$1")).toBeNull();
    expect(await found(index, "secret")).toEqual([]);
    expect(await found(await again(), "secret")).toEqual([]);
    expect(await index.remove("!a:x", "$e")).toBe("$2");
    await index.remove("!a:x", "$2");
    expect([...shelf.blocks.keys()]).toEqual(["catalogue"]); // written by again(); an empty segment is not kept
});

test("rooms that are left are gone", async () => {
    const { shelf, index } = await opened();
    await index.put(
        "!a:x",
        Array.from({ length: 9 }, (_, i) => said(i, "word")),
    );
    await index.drop("!a:x");
    expect(await found(index, "word")).toEqual([]);
    expect(shelf.blocks.size).toBe(0);
});

test("the oldest messages make place for newer ones, and it says how far back it goes", async () => {
    const { shelf, index } = await opened();
    index.note("!a:x", { isWhole: true });
    for (let n = 1; n <= 30; n++) await index.put("!a:x", [said(n, "word")]);
    expect(index.count("!a:x")).toBeLessThanOrEqual(SMALL.room);
    const left = await found(index, "word");
    expect(left[0]).toBe("$30");
    expect(left).toHaveLength(index.count("!a:x"));
    expect(index.room("!a:x")?.since).toBe(30 - left.length);
    expect(index.room("!a:x")?.isWhole).toBe(false);
    for (let n = 31; n <= 60; n++) await index.put(`!${n % 3}:x`, [said(n, "word")]);
    const all = Object.keys(index.rooms).reduce((sum, roomId) => sum + index.count(roomId), 0);
    expect(all).toBeLessThanOrEqual(SMALL.all);
    expect(shelf.blocks.size).toBe(2 * Object.values(index.rooms).flatMap(({ segments }) => segments).length);
});

test("a search opens no more than it needs, and nothing twice", async () => {
    const { shelf, index } = await opened({ ...SMALL, room: 1_000, all: 1_000 });
    await index.put(
        "!a:x",
        Array.from({ length: 100 }, (_, i) => said(i, "word")),
    );
    shelf.reads = 0;
    const { hits, isMore } = await index.search(wantedIn("word"), { limit: 5 });
    expect(hits.map(({ id }) => id)).toEqual(["$99", "$98", "$97", "$96", "$95"]);
    expect(isMore).toBe(true);
    expect(shelf.reads).toBe(4); // words and texts of two segments of four
    shelf.reads = 0;
    await index.search(wantedIn("absent"), { limit: 5 });
    expect(shelf.reads).toBe(23); // the words of the other 23 segments
});
