import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { thumbnail } from "../media/address";
import { Icon, type IconName } from "./Icon";
import "./Avatar.css";

interface AvatarProps {
    /** What is called so: its first letter stands where there is no picture. */
    name: string;
    /** Of the person or room: decides the colour, which stays when the name changes. */
    id: string;
    picture?: string | null | undefined;
    /** Instead of both: for what is no person and no group. */
    icon?: IconName | undefined;
    size?: number;
}

const COLOURS = 8;
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" }); // making one takes longer than using it

/** The picture of a person or a room, or its first letter. The name stands beside it, so readers of screens skip it. */
export function Avatar({ name, id, picture, icon, size = 44 }: AvatarProps): JSX.Element {
    const [broken, setBroken] = useState<string | null>(null);
    const address = picture && picture !== broken ? thumbnail(picture, size) : null;
    return (
        <span class={`avatar avatar-${icon ? 0 : colourOf(id)}`} style={{ "--avatar": `${size}px` }} aria-hidden="true">
            {icon ? (
                <Icon name={icon} size={Math.round(size / 2)} />
            ) : address ? (
                <img
                    src={address}
                    alt=""
                    width={size}
                    height={size}
                    loading="lazy"
                    decoding="async"
                    onError={() => setBroken(picture ?? null)}
                />
            ) : (
                initial(name)
            )}
        </span>
    );
}

/** The first letter as people see it, not half of it; a sign in front of an ID is skipped. */
export function initial(name: string): string {
    const [first] = letters.segment(name.replace(/^[@#!\s]+/u, ""));
    return (first?.segment ?? "?").toLocaleUpperCase();
}

export function colourOf(id: string): number {
    let hash = 7;
    for (const sign of id) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
    return hash % COLOURS;
}
