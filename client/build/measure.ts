import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Compressed, with everything that is needed until the list of chats is on the screen; the crypto loads beside it. */
export const FIRST_SCREEN_BYTES = 450_000;

/** Compressed, all there is. */
export const WHOLE_BYTES = 2_500_000;

export interface Chunk {
    fileName: string;
    imports: string[];
    dynamicImports: string[];
    name: string;
    css: string[];
}

/** What the first screen loads: the entry, the messenger, and what both import. */
export function firstScreen(chunks: Map<string, Chunk>): Set<string> {
    const found = new Set<string>(["index.html"]);
    const visit = (name: string): void => {
        const chunk = chunks.get(name);
        if (!chunk || found.has(name)) return;
        found.add(name);
        for (const each of chunk.css) found.add(each);
        for (const each of chunk.imports) visit(each);
    };
    for (const chunk of chunks.values()) {
        if (chunk.name === "index" || chunk.name === "messenger") visit(chunk.fileName);
    }
    return found;
}

/** How many bytes travel. */
export function travelling(folder: string, names: Iterable<string>): number {
    let sum = 0;
    for (const name of names) {
        const compressed = join(folder, `${name}.br`);
        sum += statSync(existsSync(compressed) ? compressed : join(folder, name)).size;
    }
    return sum;
}

/** Every file that the server would send. */
export function everything(folder: string): string[] {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.filter((name) => !/\.(?:br|gz)$/.test(name) && statSync(join(folder, name)).isFile());
}
