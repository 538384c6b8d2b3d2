(() => {
    // SHA-256 (FIPS 180-4) of one block: a page without TLS has no other.
    const K = [], H0 = [];
    for (let n = 2; K.length < 64; n++) {
        let prime = true;
        for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
        if (!prime) continue;
        if (H0.length < 8) H0.push(((n ** 0.5 % 1) * 2 ** 32) | 0);
        K.push(((Math.cbrt(n) % 1) * 2 ** 32) | 0);
    }
    const w = new Int32Array(64);
    const turn = (x, by) => (x >>> by) | (x << (32 - by));
    const firstWord = (text) => {
        w.fill(0);
        for (let i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
        w[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
        w[15] = text.length * 8;
        for (let i = 16; i < 64; i++) {
            const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
            const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
            w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
        }
        let [a, b, c, d, e, f, g, h] = H0;
        for (let i = 0; i < 64; i++) {
            const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
            const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
            [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
        }
        return (H0[0] + a) >>> 0;
    };
    const form = document.querySelector("form");
    const { prefix, bits } = form.dataset;
    let nonce = 0;
    const some = () => {
        for (let left = 20000; left; left--, nonce++) {
            if (firstWord(prefix + nonce) >>> (32 - bits) === 0) {
                form.elements.nonce.value = nonce;
                form.submit();
                return;
            }
        }
        setTimeout(some);
    };
    some();
})();
