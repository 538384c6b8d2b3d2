import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What shrinks. Pictures are compressed already. */
const SHRINKS = /\.(?:html|js|css|svg|wasm|webmanifest|txt)$/;

/** The wasm takes 15 s at the best quality, and changes a few times a year. */
const KEPT = join(import.meta.dirname, "..", "node_modules", ".cache", "compressed");

/** Write `x.br` and `x.gz` beside each file x of a folder that shrinks; the server sends them as they are. */
export function compressFolder(folder: string): void {
    mkdirSync(KEPT, { recursive: true });
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!SHRINKS.test(name)) continue;
        const path = join(folder, name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, once(bytes, "br", brotli));
        writeFileSync(
            `${path}.gz`,
            once(bytes, "gz", (data) => gzipSync(data, { level: 9 })),
        );
    }
}

export function brotli(bytes: Buffer): Buffer {
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
    const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return brotliCompressSync(bytes, { params });
}

function once(bytes: Buffer, suffix: string, shrink: (bytes: Buffer) => Buffer): Buffer {
    const path = join(KEPT, `${createHash("sha256").update(bytes).digest("hex")}.${suffix}`);
    if (existsSync(path)) return readFileSync(path);
    const shrunk = shrink(bytes);
    writeFileSync(path, shrunk);
    return shrunk;
}
