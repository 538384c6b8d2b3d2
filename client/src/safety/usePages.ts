import { useEffect, useState } from "preact/hooks";
import type { Page } from "./api";

export interface Pages<T> {
    items: readonly T[];
    state: "loading" | "loaded" | "failed";
    hasMore: boolean;
    more: () => void;
    again: () => void;
}

/** A list that comes in pages, the newest first, asked for anew whenever `news` changes. */
export function usePages<T>(ask: (before: number | null) => Promise<Page<T>>, news: number): Pages<T> {
    const [items, setItems] = useState<readonly T[]>([]);
    const [next, setNext] = useState<number | null>(null);
    const [state, setState] = useState<Pages<T>["state"]>("loading");
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        let isGone = false;
        ask(null).then(
            (page) => {
                if (isGone) return;
                setItems(page.items);
                setNext(page.next);
                setState("loaded");
            },
            (error: unknown) => {
                console.warn("Not loaded", error);
                if (!isGone) setState("failed");
            },
        );
        return () => {
            isGone = true;
        };
    }, [ask, news, attempt]);
    const more = (): void => {
        setState("loading");
        ask(next).then(
            (page) => {
                setItems((before) => [...before, ...page.items]);
                setNext(page.next);
                setState("loaded");
            },
            () => setState("failed"),
        );
    };
    const again = (): void => {
        setState("loading");
        setAttempt((before) => before + 1);
    };
    return { items, state, hasMore: next !== null, more, again };
}
