import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps<T> {
    items: readonly T[];
    /** Every row is as high as every other: that is what makes a thousand of them instant. */
    rowHeight: number;
    keyOf: (item: T) => string;
    draw: (item: T, index: number) => ComponentChildren;
    label: string;
    class?: string;
    /** The key of the row to show, when another one is chosen from outside; where that row goes later, nobody is taken. */
    reveal?: string | undefined;
}

const BESIDE = 8;

/** A long list of which only the rows in sight are drawn. Arrow keys, Home and End go from row to row. */
export function VirtualList<T>({
    items,
    rowHeight,
    keyOf,
    draw,
    label,
    reveal,
    ...rest
}: VirtualListProps<T>): JSX.Element {
    const ref = useRef<HTMLDivElement>(null);
    const row = reveal === undefined ? -1 : items.findIndex((item) => keyOf(item) === reveal);
    const [sight, setSight] = useState({ first: 0, last: 40 });
    useEffect(() => {
        const box = ref.current;
        if (!box) return;
        const look = (): void => {
            const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - BESIDE);
            const last = Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + BESIDE;
            setSight((before) => (before.first === first && before.last === last ? before : { first, last }));
        };
        look();
        const observer = new ResizeObserver(look);
        observer.observe(box);
        box.addEventListener("scroll", look, { passive: true });
        return () => {
            observer.disconnect();
            box.removeEventListener("scroll", look);
        };
    }, [rowHeight]);
    useEffect(() => {
        if (row >= 0) bringIntoSight(ref.current, row, rowHeight);
    }, [reveal, row >= 0, rowHeight]);
    const drawn = items.slice(sight.first, sight.last);
    return (
        <div
            ref={ref}
            class={`virtual-list scrolls ${rest.class ?? ""}`}
            onKeyDown={(event) => move(event, items.length, rowHeight)}
        >
            <div
                role="list"
                aria-label={label}
                style={{ position: "relative", height: `${items.length * rowHeight}px` }}
            >
                {drawn.map((item, i) => {
                    const index = sight.first + i;
                    const style = {
                        position: "absolute",
                        insetInline: 0,
                        top: `${index * rowHeight}px`,
                        height: `${rowHeight}px`,
                        contain: "strict", // what happens in a row changes no other
                    } as const;
                    return (
                        <div
                            key={keyOf(item)}
                            role="listitem"
                            aria-setsize={items.length}
                            aria-posinset={index + 1}
                            data-row={index}
                            style={style}
                        >
                            {draw(item, index)}
                        </div>
                    );
                })}
            </div>
        </div>
    );
}

function bringIntoSight(box: HTMLElement | null, row: number, rowHeight: number): void {
    if (!box) return;
    const top = row * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
}

function move(event: TargetedKeyboardEvent<HTMLElement>, count: number, rowHeight: number): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!row) return;
    const at = Number(row.dataset["row"]);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || to < 0 || to >= count) return;
    event.preventDefault();
    const box = event.currentTarget;
    bringIntoSight(box, to, rowHeight);
    requestAnimationFrame(() => box.querySelector<HTMLElement>(`[data-row="${to}"] :is(a, button)`)?.focus());
}
