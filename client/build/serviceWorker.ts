import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import type { Plugin } from "vite";

const NAME = "service-worker.js";

/** The service worker is one file at the root, with no hash in its name: browsers look there whether it has changed. */
export function serviceWorker(): Plugin {
    const build = (to: string): void => {
        buildSync({
            entryPoints: [join(import.meta.dirname, "..", "src", "media", "serviceWorker.ts")],
            bundle: true,
            minify: true,
            format: "iife",
            target: "es2022",
            outfile: to,
        });
    };
    return {
        name: "chappe:service-worker",
        writeBundle: (options) => build(join(resolve(options.dir ?? "."), NAME)),
        configureServer: (server) => {
            server.middlewares.use(`/${NAME}`, (_, response) => {
                const to = join(import.meta.dirname, "..", "node_modules", ".cache", NAME);
                build(to);
                response.setHeader("Content-Type", "text/javascript").end(readFileSync(to));
            });
        },
    };
}
