import { defineConfig } from "vitest/config";
import { finish } from "./build/finish";
import { serviceWorker } from "./build/serviceWorker";

/** Where `npm run dev` finds a running server: `CHAPPE=http://127.0.0.1:8009 npm run dev`. */
const server = process.env["CHAPPE"] ?? "http://127.0.0.1:8008";

export default defineConfig({
    // Files are asked for by their path from the root; the address of a chat is in the fragment.
    base: "/",
    esbuild: { jsx: "automatic", jsxImportSource: "preact" },
    build: {
        outDir: "../chappe/web/files",
        emptyOutDir: true,
        target: "es2022",
        assetsInlineLimit: 0, // an inlined asset is a data: address, which the policy of the page refuses
        chunkSizeWarningLimit: 1_500, // build/measure.ts knows better what is too much
        reportCompressedSize: false,
    },
    worker: { format: "es" },
    optimizeDeps: { exclude: ["@matrix-org/matrix-sdk-crypto-wasm"] }, // it finds its .wasm beside itself
    plugins: [serviceWorker(), finish()],
    server: { proxy: { "/_matrix": server, "/_chappe": server, "/.well-known": server } },
    test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], reporters: ["default"] },
});
