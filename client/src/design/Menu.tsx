import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./Icon";
import "./Menu.css";

export interface MenuEntry {
    label: string;
    icon?: IconName;
    act: () => void;
    isDangerous?: boolean;
    /** For a choice between entries: whether this is the one. */
    checked?: boolean;
}

interface OpenMenu {
    entries: readonly MenuEntry[];
    /** In the window. */
    x: number;
    y: number;
    from: HTMLElement | null;
}

const open = signal<OpenMenu | null>(null);
const EDGE = 8;

/** Show a menu beside the element that was clicked, or at the pointer of a context menu. */
export function openMenu(event: MouseEvent | KeyboardEvent, entries: readonly MenuEntry[]): void {
    const at = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
    event.preventDefault();
    const from = document.activeElement instanceof HTMLElement ? document.activeElement : at;
    if (event.type === "contextmenu" && event instanceof MouseEvent && (event.clientX || event.clientY)) {
        open.value = { entries, x: event.clientX, y: event.clientY, from };
    } else {
        const box = (at ?? document.body).getBoundingClientRect();
        open.value = { entries, x: box.left, y: box.bottom + 4, from };
    }
}

/** Draws the open menu. Stands once, at the root. */
export function MenuHost(): JSX.Element | null {
    const menu = open.value;
    return menu && <Menu key={menu.y} menu={menu} />;
}

function Menu({ menu }: { menu: OpenMenu }): JSX.Element {
    const ref = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const box = ref.current;
        if (!box) return;
        box.showPopover();
        const { offsetWidth: width, offsetHeight: height } = box;
        box.style.left = `${Math.max(EDGE, Math.min(menu.x, window.innerWidth - width - EDGE))}px`;
        box.style.top = `${Math.max(EDGE, Math.min(menu.y, window.innerHeight - height - EDGE))}px`;
        box.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
        return () => menu.from?.focus();
    }, [menu]);
    return (
        <div
            ref={ref}
            class="menu"
            role="menu"
            popover="auto"
            onToggle={(event) => {
                if ((event as ToggleEvent).newState === "closed" && open.value === menu) open.value = null;
            }}
            onKeyDown={(event) => move(event, ref.current)}
        >
            {menu.entries.map((entry) => (
                // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a radio entry has the state, a plain one has none
                <button
                    key={entry.label}
                    type="button"
                    role={entry.checked === undefined ? "menuitem" : "menuitemradio"}
                    aria-checked={entry.checked}
                    class={entry.isDangerous ? "menu-entry menu-danger" : "menu-entry"}
                    tabIndex={-1}
                    onClick={() => {
                        open.value = null;
                        entry.act();
                    }}
                >
                    {entry.checked ? (
                        <Icon name="check" />
                    ) : entry.icon ? (
                        <Icon name={entry.icon} />
                    ) : (
                        <span class="menu-no-icon" />
                    )}
                    <span>{entry.label}</span>
                </button>
            ))}
        </div>
    );
}

function move(event: KeyboardEvent, box: HTMLElement | null): void {
    const entries = [...(box?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1, Tab: at }[event.key];
    if (event.key === "Tab") open.value = null;
    if (to === undefined) return;
    event.preventDefault();
    entries.at(to % entries.length)?.focus();
}
