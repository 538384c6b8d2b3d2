import type { Matrix } from "../matrix/matrix";

let known: number | null = null;

/** How large an upload may be, as the server says; null while it has not said so. */
export async function sizeLimit({ client }: Matrix): Promise<number | null> {
    if (known === null) {
        const config = await client.getMediaConfig(true).catch(() => null); // the upload itself says it, then
        const limit = config?.["m.upload.size"];
        known = typeof limit === "number" ? limit : null;
    }
    return known;
}
