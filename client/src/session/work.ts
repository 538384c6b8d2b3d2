const AT_ONCE = 1_000;

/**
 * Work before an account is made, while the server asks for it (docs/reference/work.md): a number that makes SHA-256 of
 * `prefix` and itself begin with so many bits of zero.
 */
export async function work(prefix: string, bits: number): Promise<string> {
    const encoder = new TextEncoder();
    for (let start = 0; ; start += AT_ONCE) {
        const tried = Array.from({ length: AT_ONCE }, (_, i) => `${start + i}`);
        const digests = await Promise.all(
            tried.map((nonce) => crypto.subtle.digest("SHA-256", encoder.encode(prefix + nonce))),
        );
        const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
        if (found >= 0) return tried[found] ?? "";
    }
}
