import { useEffect, useState } from "preact/hooks";
import { type Matrix, useMatrix } from "../matrix/matrix";
import type { Hit } from "./messageIndex";
import { onDevice, version } from "./onDevice";
import { searchOnServer } from "./onServer";
import { wantedIn } from "./terms";

export interface FoundMessages {
    hits: readonly Hit[];
    isMore: boolean;
    isLoading: boolean;
    /** The server did not answer: what is missing is what was said in open chats. */
    isWrong: boolean;
}

interface Part {
    hits: readonly Hit[];
    isMore: boolean;
    state: "loading" | "done" | "wrong";
}

const NOTHING: Part = { hits: [], isMore: false, state: "done" };
const TYPED_MS = 200;

/** One letter finds too much to be of use, but where each sign is a word. */
export function isEnough(wish: string): boolean {
    return wantedIn(wish).some(({ word, isBeginning }) => !isBeginning || word.length > 1);
}

/** The messages with these words, in one room or in all, as the device and the server find them. */
export function useMessages(wish: string, roomId: string | null, limit: number, attempt: number): FoundMessages {
    const matrix = useMatrix();
    const index = onDevice.value;
    const isEncrypted = roomId === null ? null : (matrix.rooms.view(roomId)?.value.isEncrypted ?? false);
    const here = usePart(
        async (signal) => {
            if (!index || isEncrypted === false) return NOTHING;
            return index.search(wantedIn(wish), { limit, signal, ...(roomId !== null && { roomId }) });
        },
        wish,
        [index, version.value, wish, roomId, isEncrypted, limit],
    );
    const there = usePart(
        async (signal) =>
            isEncrypted ? NOTHING : searchOnServer(matrix.client, wish.trim(), { roomId, limit, signal }),
        wish,
        [matrix, wish, roomId, isEncrypted, limit, attempt],
    );
    useEffect(() => () => onDevice.peek()?.forgetLists(), []);
    const all = [...here.hits, ...there.hits]
        .filter((hit) => isShown(matrix, hit))
        .sort((one, other) => other.at - one.at);
    return {
        hits: all.slice(0, limit),
        isMore: here.isMore || there.isMore || all.length > limit,
        isLoading: here.state === "loading" || there.state === "loading",
        isWrong: there.state === "wrong",
    };
}

/** What one of the two finds; what was found before stays until then, where it is still meant. */
function usePart(
    search: (signal: AbortSignal) => Promise<{ hits: readonly Hit[]; isMore: boolean }>,
    wish: string,
    inputs: readonly unknown[],
): Part {
    const [found, setFound] = useState<Part & { of: string }>({ ...NOTHING, of: "" });
    useEffect(() => {
        if (!isEnough(wish)) {
            setFound({ ...NOTHING, of: wish });
            return;
        }
        const stopper = new AbortController();
        const tell = (part: Part): void => void (stopper.signal.aborted || setFound({ ...part, of: wish }));
        setFound((before) => (before.of === wish ? before : { ...before, state: "loading" }));
        const timer = setTimeout(() => {
            search(stopper.signal).then(
                ({ hits, isMore }) => tell({ hits, isMore, state: "done" }),
                (error: unknown) => {
                    if (!stopper.signal.aborted) console.warn("Not searched", error);
                    tell({ ...NOTHING, state: "wrong" });
                },
            );
        }, TYPED_MS);
        return () => {
            clearTimeout(timer);
            stopper.abort();
        };
    }, inputs);
    return found;
}

function isShown({ client, rooms }: Matrix, { roomId, by }: Hit): boolean {
    return rooms.view(roomId)?.peek().membership === "join" && !client.isUserIgnored(by);
}
