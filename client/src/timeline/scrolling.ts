import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** So near to the end that one reads along. */
const NEAR_PX = 48;

/** Where to get more messages: this far before there are none. */
const AHEAD_PX = 900;

interface Anchor {
    key: string;
    /** Of its upper edge below that of the box. */
    top: number;
}

interface Watched {
    onNearStart: () => void;
    onNearEnd: () => void;
    /** Whether the end is in sight, and with it the newest message. */
    onBottom: (isThere: boolean) => void;
}

/**
 * Keeps what somebody reads where it is while lines come and go above and below it; at the end, follows the end.
 * The lines are the children of the box's first child, and carry `data-key`.
 */
export function useAnchored(
    box: RefObject<HTMLElement | null>,
    drawn: unknown,
    { onNearStart, onNearEnd, onBottom }: Watched,
): () => void {
    const follows = useRef(true);
    const anchor = useRef<Anchor | null>(null);
    const watched = useRef<Watched>({ onNearStart, onNearEnd, onBottom });
    watched.current = { onNearStart, onNearEnd, onBottom };

    const hold = useRef(() => {
        const element = box.current;
        if (!element) return;
        if (follows.current) element.scrollTop = element.scrollHeight;
        else if (anchor.current) {
            const line = element.querySelector(`[data-key="${CSS.escape(anchor.current.key)}"]`);
            if (line) element.scrollTop += topOf(line, element) - anchor.current.top;
        }
        look.current();
    });

    const look = useRef(() => {
        const element = box.current;
        if (!element) return;
        const below = element.scrollHeight - element.scrollTop - element.clientHeight;
        follows.current = below < NEAR_PX;
        anchor.current = follows.current ? null : firstInSight(element);
        if (element.scrollTop < AHEAD_PX) watched.current.onNearStart();
        if (below < AHEAD_PX) watched.current.onNearEnd();
        watched.current.onBottom(follows.current);
    });

    useLayoutEffect(() => hold.current(), [drawn]);

    useLayoutEffect(() => {
        const element = box.current;
        const inner = element?.firstElementChild;
        if (!element || !inner) return;
        const onScroll = (): void => look.current();
        const observer = new ResizeObserver(() => hold.current());
        observer.observe(inner); // a picture that loads, a line that wraps
        observer.observe(element);
        element.addEventListener("scroll", onScroll, { passive: true });
        return () => {
            observer.disconnect();
            element.removeEventListener("scroll", onScroll);
        };
    }, [box]);

    return () => {
        follows.current = true;
        hold.current();
    };
}

function firstInSight(box: HTMLElement): Anchor | null {
    // A message: the line of a day moves up when earlier messages of the same day come.
    for (const line of box.querySelectorAll<HTMLElement>("[data-event]")) {
        const top = topOf(line, box);
        if (top + line.offsetHeight > 0) return { key: line.dataset["key"] ?? "", top };
    }
    return null;
}

function topOf(line: Element, box: HTMLElement): number {
    return line.getBoundingClientRect().top - box.getBoundingClientRect().top;
}
