import { resolve } from "node:path";
import type { Plugin } from "vite";
import { compressFolder } from "./compress";
import { type Chunk, everything, FIRST_SCREEN_BYTES, firstScreen, travelling, WHOLE_BYTES } from "./measure";

/** After the build: compress every file once and for all, and refuse what has become too large. */
export function finish(): Plugin {
    return {
        name: "chappe:finish",
        apply: "build",
        writeBundle: {
            order: "post",
            sequential: true,
            handler(options, bundle) {
                const folder = resolve(options.dir ?? ".");
                compressFolder(folder);
                const chunks = new Map<string, Chunk>();
                for (const part of Object.values(bundle)) {
                    if (part.type !== "chunk") continue;
                    const { fileName, imports, dynamicImports, name, viteMetadata } = part;
                    chunks.set(fileName, {
                        fileName,
                        imports,
                        dynamicImports,
                        name,
                        css: [...(viteMetadata?.importedCss ?? [])],
                    });
                }
                const first = travelling(folder, firstScreen(chunks));
                const whole = travelling(folder, everything(folder));
                this.info(
                    `first screen ${kB(first)} of ${kB(FIRST_SCREEN_BYTES)}, everything ${kB(whole)} of ${kB(WHOLE_BYTES)}`,
                );
                if (first > FIRST_SCREEN_BYTES)
                    this.error("The first screen has become too large: load something later.");
                if (whole > WHOLE_BYTES) this.error("The client has become too large.");
            },
        },
    };
}

function kB(bytes: number): string {
    return `${Math.round(bytes / 1000)} kB`;
}
