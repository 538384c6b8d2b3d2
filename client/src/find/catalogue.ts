/** What the index knows of itself. Pure; `messageIndex.ts` keeps it, encrypted like everything else. */
export interface Catalogue {
    version: 1;
    /** The name of the next segment. */
    next: number;
    rooms: Record<string, RoomIndex>;
}

/** Some messages of one room, written down together. */
export interface Segment {
    name: number;
    count: number;
    bytes: number;
    from: number;
    to: number;
}

/** A stretch of a room that has not been read yet, from a place backwards. */
export interface Hole {
    /** A token of the server; null: from the newest message on. */
    token: string | null;
    /** What was said there, about: messages before it are not found. */
    at: number;
    /** What has been read already, where the stretch ends; null: the beginning of the room. */
    until: string | null;
}

export interface RoomIndex {
    segments: Segment[];
    holes: Hole[];
    /** The newest event that was looked at. */
    newest: string | null;
    /** What is older than this was given up, to keep the limits; 0: nothing was. */
    since: number;
    /** The beginning of the room has been read. */
    isWhole: boolean;
    /** Messages that could not be decrypted. */
    missing: number;
}

export interface Limits {
    /** Messages that are written down together. */
    segment: number;
    room: number;
    all: number;
    bytes: number;
}

/** With these the index has about 25 MB, and one room does not push out all others. */
export const LIMITS: Limits = { segment: 256, room: 5_000, all: 50_000, bytes: 25_000_000 };

export const emptyCatalogue = (): Catalogue => ({ version: 1, next: 1, rooms: {} });

export function emptyRoom(): RoomIndex {
    return { segments: [], holes: [], newest: null, since: 0, isWhole: false, missing: 0 };
}

/** How far back messages are found. */
export interface Coverage {
    /** Null: from the beginning. */
    since: number | null;
    /** Older ones are still being read. */
    isReading: boolean;
    missing: number;
}

export function coverageOf(room: RoomIndex): Coverage {
    const since =
        room.isWhole && room.holes.length === 0 ? null : Math.max(room.since, ...room.holes.map(({ at }) => at));
    return { since, isReading: room.holes.length > 0, missing: room.missing };
}

/** Of several rooms: what holds for every one of them. */
export function commonCoverage(rooms: readonly RoomIndex[]): Coverage {
    const all = rooms.map(coverageOf);
    const since = all.flatMap((each) => (each.since === null ? [] : [each.since]));
    return {
        since: since.length > 0 ? Math.max(...since) : null,
        isReading: all.some(({ isReading }) => isReading),
        missing: all.reduce((sum, { missing }) => sum + missing, 0),
    };
}

/** Take the oldest segments out until the limits hold. Returns their names. */
export function trim(catalogue: Catalogue, limits: Limits): number[] {
    const gone: number[] = [];
    const segments = Object.values(catalogue.rooms).flatMap((room) =>
        room.segments.map((segment) => ({ room, segment })),
    );
    segments.sort((one, other) => one.segment.to - other.segment.to);
    const counts = new Map<RoomIndex, number>();
    let count = 0;
    let bytes = 0;
    for (const { room, segment } of segments) {
        counts.set(room, (counts.get(room) ?? 0) + segment.count);
        count += segment.count;
        bytes += segment.bytes;
    }
    for (const { room, segment } of segments) {
        const inRoom = counts.get(room) ?? 0;
        const isTooMuch = count > limits.all || bytes > limits.bytes;
        if (!isTooMuch && inRoom <= limits.room) continue;
        gone.push(segment.name);
        counts.set(room, inRoom - segment.count);
        count -= segment.count;
        bytes -= segment.bytes;
        forget(room, segment);
    }
    return gone;
}

/** What is older than the segment is not found any more, and is not read again. */
function forget(room: RoomIndex, segment: Segment): void {
    room.segments = room.segments.filter((each) => each !== segment);
    room.isWhole = false;
    room.since = Math.max(room.since, segment.to);
    room.holes = room.holes.filter(({ at }) => at > segment.to);
}
