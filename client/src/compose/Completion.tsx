import type { Room } from "matrix-js-sdk";
import type { JSX, RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Avatar } from "../design/Avatar";
import { findEmoji, noteUse } from "../reactions/emoji";
import { words } from "../words";
import { peopleIn } from "./mentions";
import "./Completion.css";

const MOST = 8;

/** A room of thousands is looked through only as far as somebody waits while typing. */
const MOST_LOOKED_AT = 2_000;

interface Choice {
    key: string;
    /** What is written in place of what was typed. */
    text: string;
    chosen?: () => void;
    draw: () => JSX.Element;
}

interface Asked {
    /** Where the word begins in the text. */
    from: number;
    sign: "@" | ":";
    typed: string;
}

/** The word before the caret, where it begins with a sign that is completed. */
export function askedAt(text: string, caret: number): Asked | null {
    const found = /(?:^|[\s(])([@:])([^\s@:][^@:\n]{0,30}|)$/u.exec(text.slice(0, caret));
    const [sign, typed] = [found?.[1], found?.[2] ?? ""];
    if (sign !== "@" && sign !== ":") return null;
    if (sign === ":" && (typed.length < 2 || /\s/.test(typed))) return null; // a colon is more often only a colon
    return { from: caret - typed.length - 1, sign, typed };
}

interface Completion {
    popup: JSX.Element | null;
    /** Whether it took the key for itself. */
    onKeyDown: (event: KeyboardEvent) => boolean;
    /** For the field, so that readers of screens follow. */
    aria: Record<string, string | boolean | undefined>;
}

/** Names behind an @ and signs behind a colon, offered while somebody types. */
export function useCompletion(
    field: RefObject<HTMLTextAreaElement | null>,
    text: string,
    room: Room,
    me: string,
    put: (text: string, caret: number) => void,
): Completion {
    const id = useId();
    const [asked, setAsked] = useState<Asked | null>(null);
    const [at, setAt] = useState(0);
    const dismissed = useRef<string | null>(null);
    /** What is asked at this moment: keys come faster than the page is drawn. */
    const askedNow = (): Asked | null => {
        const element = field.current;
        if (!element || document.activeElement !== element || element.value === dismissed.current) return null;
        const caret = element.selectionStart;
        return caret === element.selectionEnd ? askedAt(element.value, caret) : null;
    };
    useEffect(() => {
        const element = field.current;
        if (!element) return;
        const look = (): void => {
            setAsked(askedNow());
            setAt(0);
        };
        look();
        element.addEventListener("click", look);
        element.addEventListener("blur", look);
        return () => {
            element.removeEventListener("click", look);
            element.removeEventListener("blur", look);
        };
    }, [field, text]);
    useEffect(() => {
        if (asked?.sign === "@") void room.loadMembersIfNeeded().catch(() => undefined); // those who are known are offered
    }, [asked?.sign, room]);
    const choices = asked ? choicesFor(asked, room, me) : [];
    const choose = (choice: Choice, { from, typed }: Asked): void => {
        const whole = field.current?.value ?? text;
        choice.chosen?.();
        put(
            `${whole.slice(0, from)}${choice.text} ${whole.slice(from + 1 + typed.length).replace(/^ /, "")}`,
            from + choice.text.length + 1,
        );
        setAsked(null);
    };
    const onKeyDown = (event: KeyboardEvent): boolean => {
        const now = askedNow();
        const offered = now ? choicesFor(now, room, me) : [];
        const chosen = offered[at] ?? offered[0];
        if (!now || !chosen) return false;
        if (event.key === "ArrowDown") setAt((at + 1) % offered.length);
        else if (event.key === "ArrowUp") setAt((at - 1 + offered.length) % offered.length);
        else if (event.key === "Escape") {
            dismissed.current = field.current?.value ?? null;
            setAsked(null);
        } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(chosen, now);
        else return false;
        event.preventDefault();
        return true;
    };
    const isOpen = choices.length > 0;
    const popup = isOpen ? (
        <div id={id} class="completion" role="listbox" aria-label={words.value.compose.suggestions}>
            {choices.map((choice, i) => (
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active one
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
                <div
                    key={choice.key}
                    id={`${id}-${i}`}
                    role="option"
                    aria-selected={i === at}
                    class="completion-choice"
                    onPointerDown={(event) => event.preventDefault()}
                    onClick={() => asked && choose(choice, asked)}
                >
                    {choice.draw()}
                </div>
            ))}
        </div>
    ) : null;
    const aria = {
        "aria-autocomplete": "list",
        "aria-controls": isOpen ? id : undefined,
        "aria-activedescendant": isOpen ? `${id}-${at}` : undefined,
    };
    return { popup, onKeyDown, aria };
}

function choicesFor({ sign, typed }: Asked, room: Room, me: string): Choice[] {
    return sign === ":" ? signs(typed) : people(typed, room, me);
}

function signs(typed: string): Choice[] {
    return findEmoji(typed)
        .slice(0, MOST)
        .map(({ sign, names }) => ({
            key: sign,
            text: sign,
            chosen: () => noteUse(sign),
            draw: () => (
                <>
                    <span class="completion-sign">{sign}</span>
                    <span class="one-line">{names}</span>
                </>
            ),
        }));
}

function people(typed: string, room: Room, me: string): Choice[] {
    const wanted = typed.toLocaleLowerCase();
    const { byName, mayMentionAll } = peopleIn(room, me);
    const members = room.getJoinedMembers().slice(0, MOST_LOOKED_AT);
    const found = members
        .filter(({ userId, name }) => {
            if (userId === me) return false;
            const parts = [...name.toLocaleLowerCase().split(/\s+/), name.toLocaleLowerCase(), userId.slice(1)];
            return parts.some((part) => part.startsWith(wanted));
        })
        .slice(0, MOST)
        .map(({ userId, name, rawDisplayName, getMxcAvatarUrl }) => ({
            key: userId,
            text: `@${byName.get((rawDisplayName ?? "").trim()) === userId ? rawDisplayName.trim() : userId.slice(1)}`,
            draw: () => (
                <>
                    <Avatar name={name} id={userId} picture={getMxcAvatarUrl.call(room.getMember(userId))} size={28} />
                    <bdi class="one-line">{name}</bdi>
                    <bdi class="completion-id one-line">{userId}</bdi>
                </>
            ),
        }));
    if (!mayMentionAll || !"room".startsWith(wanted)) return found;
    const all = { key: "room", text: "@room", draw: () => <span>@room · {words.value.compose.everybody}</span> };
    return [...found, all];
}
