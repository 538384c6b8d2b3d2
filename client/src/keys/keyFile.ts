/**
 * Keys of rooms in a file, encrypted with a passphrase, as other clients write and read it
 * (spec: "Key export format"): a version, salt, counter and rounds, the encrypted keys, and a code over all of it.
 */
const BEGIN = "-----BEGIN MEGOLM SESSION DATA-----";
const END = "-----END MEGOLM SESSION DATA-----";
const VERSION = 1;
const SALT = 16;
const COUNTER = 16;
const HEAD = 1 + SALT + COUNTER + 4;
const CODE = 32;
const LINE = 76;

/** As many as others use; they cost whoever guesses passphrases far more than us. */
const ROUNDS = 500_000;

/** A file that asks for more would keep this browser busy for minutes. */
const MAX_ROUNDS = 10_000_000;

export class NotAKeyFile extends Error {}
export class WrongPassphrase extends Error {}

type Bytes = Uint8Array<ArrayBuffer>;

export async function sealKeys(json: string, passphrase: string, rounds: number = ROUNDS): Promise<string> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT));
    const counter = crypto.getRandomValues(new Uint8Array(COUNTER));
    counter[8] = (counter[8] ?? 0) & 0x7f; // bit 63, so that every implementation counts alike
    const { encrypting, signing } = await keysFrom(passphrase, salt, rounds);
    const sealed = await crypto.subtle.encrypt(aes(counter), encrypting, new TextEncoder().encode(json));
    const body = new Uint8Array(HEAD + sealed.byteLength);
    body[0] = VERSION;
    body.set(salt, 1);
    body.set(counter, 1 + SALT);
    new DataView(body.buffer).setUint32(1 + SALT + COUNTER, rounds);
    body.set(new Uint8Array(sealed), HEAD);
    const code = new Uint8Array(await crypto.subtle.sign("HMAC", signing, body));
    const lines = base64Of(joined(body, code)).match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
    return [BEGIN, ...lines, END, ""].join("\n");
}

export async function openKeys(file: string, passphrase: string): Promise<string> {
    const bytes = bytesIn(file);
    const rounds = new DataView(bytes.buffer).getUint32(1 + SALT + COUNTER);
    if (bytes[0] !== VERSION || rounds < 1 || rounds > MAX_ROUNDS) throw new NotAKeyFile();
    const { encrypting, signing } = await keysFrom(passphrase, bytes.slice(1, 1 + SALT), rounds);
    const body = bytes.slice(0, -CODE);
    if (!(await crypto.subtle.verify("HMAC", signing, bytes.slice(-CODE), body))) throw new WrongPassphrase();
    const counter = bytes.slice(1 + SALT, 1 + SALT + COUNTER);
    return new TextDecoder().decode(await crypto.subtle.decrypt(aes(counter), encrypting, body.slice(HEAD)));
}

function bytesIn(file: string): Bytes {
    const begin = file.indexOf(BEGIN);
    const end = file.indexOf(END);
    if (begin === -1 || end < begin) throw new NotAKeyFile();
    try {
        const binary = atob(file.slice(begin + BEGIN.length, end).replace(/\s/g, ""));
        const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
        if (bytes.length >= HEAD + CODE) return bytes;
    } catch {
        // not base64
    }
    throw new NotAKeyFile();
}

async function keysFrom(passphrase: string, salt: Bytes, rounds: number) {
    const typed = new TextEncoder().encode(passphrase);
    const material = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-512", salt, iterations: rounds };
    const bits = await crypto.subtle.deriveBits(how, material, 512);
    const [encrypting, signing] = await Promise.all([
        crypto.subtle.importKey("raw", bits.slice(0, 32), "AES-CTR", false, ["encrypt", "decrypt"]),
        crypto.subtle.importKey("raw", bits.slice(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]),
    ]);
    return { encrypting, signing };
}

function aes(counter: Bytes): AesCtrParams {
    return { name: "AES-CTR", counter, length: 64 };
}

function joined(one: Bytes, other: Bytes): Bytes {
    const whole = new Uint8Array(one.length + other.length);
    whole.set(one);
    whole.set(other, one.length);
    return whole;
}

function base64Of(bytes: Bytes): string {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) {
        binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000)); // a call takes so many arguments, not all
    }
    return btoa(binary);
}
