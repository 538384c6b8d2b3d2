import type { Room } from "matrix-js-sdk";
import type { ComponentType } from "preact";
import type { MenuEntry } from "../design/Menu";
import type { Matrix } from "../matrix/matrix";
import type { RoomView } from "../matrix/roomView";

/**
 * What slices add to the messenger by putting a file into their own folder; no list has to be changed.
 *
 * | file | default export |
 * |---|---|
 * | `place.tsx` | `Place`: what the middle column shows for `#/name/…` |
 * | `panels/*.tsx` | `Panel`: what the third column shows for `?panel=name` |
 * | `banners/*.tsx` | a component above the list of chats that draws nothing most of the time |
 * | `detailsParts/*.tsx` | `DetailsPart`: something about a chat, in its details |
 * | `mainMenu.ts` | `MenuPart`, or several: entries of the main menu |
 * | `chatEntries.ts` | `ChatEntries`: more that one can do with a chat |
 * | `personEntries.ts` | `PersonEntries`: more that one can do with a person, as a member or as who invites |
 * | `started.ts` | `(matrix) => stop`: runs while somebody is logged in |
 */
export interface Place {
    name: string;
    /** Drawn instead of everything else on a phone; beside the list on a desk. */
    Place: ComponentType<{ parts: string[] }>;
}

export interface Panel {
    name: string;
    title: () => string;
    Panel: ComponentType<{ roomId: string }>;
}

/** Draws nothing for a chat that it is not for. */
export type DetailsPart = ComponentType<{ view: RoomView }>;

export interface MenuPart {
    /** Smaller ones stand higher. */
    order: number;
    entries: (matrix: Matrix) => MenuEntry[];
}

export type ChatEntries = (view: RoomView, matrix: Matrix) => MenuEntry[];

export interface AboutPerson {
    userId: string;
    name: string;
    /** Where one meets them. */
    room: Room;
}

export type PersonEntries = (person: AboutPerson, matrix: Matrix) => MenuEntry[];

export type Started = (matrix: Matrix) => () => void;

type Files<T> = Record<string, { default: T }>;

const places: Files<Place> = import.meta.glob("../*/place.tsx", { eager: true });
const panels: Files<Panel> = import.meta.glob("../*/panels/*.tsx", { eager: true });
const banners: Files<ComponentType> = import.meta.glob("../*/banners/*.tsx", { eager: true });
const detailsParts: Files<DetailsPart> = import.meta.glob("../*/detailsParts/*.tsx", { eager: true });
const menuParts: Files<MenuPart | readonly MenuPart[]> = import.meta.glob("../*/mainMenu.ts", { eager: true });
const entriesOfChats: Files<ChatEntries> = import.meta.glob("../*/chatEntries.ts", { eager: true });
const entriesOfPeople: Files<PersonEntries> = import.meta.glob("../*/personEntries.ts", { eager: true });
const started: Files<Started> = import.meta.glob("../*/started.ts", { eager: true });

export function placeNamed(name: string): Place | undefined {
    return all(places).find((place) => place.name === name);
}

export function panelNamed(name: string): Panel | undefined {
    return all(panels).find((panel) => panel.name === name);
}

export const allBanners: readonly ComponentType[] = all(banners);

export const allDetailsParts: readonly DetailsPart[] = all(detailsParts);

export function mainMenu(matrix: Matrix): MenuEntry[] {
    return all(menuParts)
        .flat()
        .sort((one, other) => one.order - other.order)
        .flatMap((part) => part.entries(matrix));
}

/** What slices add to the menu of a chat. */
export function chatEntries(view: RoomView, matrix: Matrix): MenuEntry[] {
    return all(entriesOfChats).flatMap((entries) => entries(view, matrix));
}

/** What slices add to what one can do with somebody else. */
export function personEntries(person: AboutPerson, matrix: Matrix): MenuEntry[] {
    return person.userId === matrix.me ? [] : all(entriesOfPeople).flatMap((entries) => entries(person, matrix));
}

/** Start what runs beside the messenger. Returns how to stop it. */
export function startAll(matrix: Matrix): () => void {
    const stops = all(started).map((start) => start(matrix));
    return () => {
        for (const stop of stops) stop();
    };
}

function all<T>(files: Files<T>): T[] {
    return Object.values(files).map((file) => file.default);
}
