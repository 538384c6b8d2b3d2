import type { JSX } from "preact";

/** Drawn on 24 by 24, in lines of the colour of the text around them. One line a picture keeps merges peaceful. */
const PATHS = {
    again: "M20 5v5h-5M19.500 10a8 8 0 1 0 .500 4",
    archive: "M4 8v11h16V8M3 4h18v4H3zM10 12h4",
    attach: "M19 11l-7.500 7.500a4.500 4.500 0 0 1-6.400-6.400L13 4.300a3 3 0 0 1 4.200 4.200L9.500 16.200a1.500 1.500 0 0 1-2.100-2.100L14 7.500",
    back: "M15 5l-7 7 7 7",
    bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
    calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    camera: "M4 7h4l1.500-2h5L16 7h4v12H4zM12 10a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    check: "M5 13l4 4L19 7",
    checks: "M2 13l4 4L16 7M11 16l1 1L22 7",
    clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
    close: "M6 6l12 12M18 6L6 18",
    copy: "M9 9h11v11H9zM5 15H4V4h11v1",
    devices: "M3 5h13v3M3 5v10h8M8 19h4M14 11h7v9h-7zM17 17.500h1",
    down: "M6 10l6 6 6-6",
    download: "M12 4v11M7 11l5 5 5-5M5 20h14",
    edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    file: "M7 3h7l5 5v13H7zM14 3v5h5",
    folder: "M3 6h6l2 2.500h10V19H3z",
    flag: "M6 21V4M6 5c4-2 7 2 12 0v9c-5 2-8-2-12 0",
    forth: "M9 5l7 7-7 7",
    forward: "M14 6l6 6-6 6M20 12h-9c-4 0-7 2-7 6",
    history: "M4 5v5h5M4.500 10a8 8 0 1 1-.4 4M12 8v4l3 2",
    gear: "M4 7h9M17 7h3M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M4 17h3M11 17h9M9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    info: "M12 11v6M12 7.500v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
    key: "M8 8.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M11.500 12H21M18 12v3M15 12v2",
    leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
    lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
    menu: "M4 7h16M4 12h16M4 17h16",
    mic: "M12 4a2.500 2.500 0 0 0-2.500 2.500v5a2.500 2.500 0 0 0 5 0v-5A2.500 2.500 0 0 0 12 4M6 11.500a6 6 0 0 0 12 0M12 17.500V21",
    more: "M12 4.600a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200M12 11.400a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200M12 18.200a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200",
    open: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
    pause: "M8 5v14M16 5v14",
    people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20c0-4 3-6 6.500-6s6.500 2 6.500 6M16 4.500a3.500 3.500 0 0 1 0 6M18 14.500c2.200.8 3.500 2.700 3.500 5.500",
    pin: "M9 4h6l-1 7 3 3H7l3-3zM12 14v6",
    play: "M7 4.500v15l12-7.500z",
    plus: "M12 5v14M5 12h14",
    poll: "M5 20V11M12 20V4M19 20v-6",
    print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    reply: "M10 6L4 12l6 6M4 12h9c4 0 7 2 7 6",
    saved: "M7 4h10v16l-5-4-5 4z",
    search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.500 4.500",
    send: "M4 12L20 4l-5 16-3.500-6.500zM11.500 13.500L20 4",
    shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
    smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.500 14.500c1.500 2.300 5.500 2.300 7 0M9 9.500v.1M15 9.500v.1",
    sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5",
    thread: "M4 5h16v11H11l-4 4v-4H4zM8 9h8M8 12h5",
    trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
    warn: "M12 4L2.500 20h19zM12 10v5M12 17.500v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside words. What it means is said in words: by the text beside it, or the label of the button. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
    return (
        <svg
            class="icon"
            width={size}
            height={size}
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d={PATHS[name]} />
        </svg>
    );
}
