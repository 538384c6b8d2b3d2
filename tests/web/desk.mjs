// The people at the safety desk: they are asked by a line on standard output, and answer on standard input.

import { createInterface } from "node:readline";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function desk(wish) {
    process.stdout.write(`?${JSON.stringify(wish)}\n`);
    return JSON.parse((await answers.next()).value);
}

/** Nobody waits for answers any more, so that the story can end. */
export function closeDesk() {
    process.stdin.destroy();
}
