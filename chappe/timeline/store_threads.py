"""All the SQL about how far people have read the threads of a room."""

from collections.abc import Sequence

from chappe.ids import RoomID, UserID
from chappe.rooms.reading import Reads
from chappe.storage import Row
from chappe.stream import Place

_ROOTS = "SELECT place, root FROM thread_event WHERE room_id = $1 AND place IN (SELECT * FROM each_int($2))"
_IS_IN_THREAD = "SELECT 1 FROM thread_event WHERE room_id = $1 AND place = $2 AND root = $3"
_READ_IN_MAIN = """
SELECT thread_id, event_place, counted FROM receipt WHERE room_id = $1 AND user_id = $2
AND type IN ('m.read', 'm.read.private') AND thread_id IN ('', 'main') ORDER BY event_place DESC
"""
_LAST_OWN_IN_MAIN = """
SELECT place, counted FROM (
    SELECT place, counted, sender FROM event WHERE room_id = $1 AND place > $3 AND place <= $4
    ORDER BY place DESC LIMIT $5
) AS latest WHERE sender = $2 AND NOT EXISTS (
    SELECT 1 FROM thread_event t WHERE t.room_id = $1 AND t.place = latest.place
) ORDER BY place DESC LIMIT 1
"""
_READ_IN_THREADS = """
SELECT thread_id, MAX(event_place) FROM receipt WHERE room_id = $1 AND user_id = $2
AND type IN ('m.read', 'm.read.private') AND thread_id NOT IN ('', 'main') AND event_place > $3 GROUP BY thread_id
"""
_IN_THREADS = """
SELECT root, place, sender, counted FROM thread_event WHERE room_id = $1 AND place > $2 AND place <= $3
ORDER BY place DESC LIMIT $4
"""
_HIGHLIGHTS = """
SELECT DISTINCT h.place, t.root FROM highlight h JOIN event e ON e.place = h.place
LEFT JOIN thread_event t ON t.room_id = h.room_id AND t.place = h.place
WHERE h.room_id = $1 AND h.user_id IN ($2, '') AND h.place > $3 AND h.place <= $4
AND e.sender NOT IN (SELECT * FROM each_text($6)) ORDER BY h.place DESC LIMIT $5
"""


# An event notifies if more do with it than before it.
_SAID_BY = """
SELECT COUNT(*) FROM (
    SELECT place, sender, counted, LAG(counted) OVER (ORDER BY place) AS before FROM (
        SELECT place, sender, counted FROM event WHERE room_id = $1 AND place >= $2 AND place <= $3
        ORDER BY place DESC LIMIT $4
    ) AS latest
) AS told WHERE counted > before AND place > $2 AND sender IN (SELECT * FROM each_text($5))
"""
_IN_NO_THREAD = "AND NOT EXISTS (SELECT 1 FROM thread_event t WHERE t.room_id = $1 AND t.place = told.place)"


async def roots_of(reads: Reads, room_id: RoomID, places: Sequence[Place]) -> dict[Place, str]:
    """For those of the events that are in threads, the roots."""
    return {Place(row[0]): row[1] for row in await reads.fetch(_ROOTS, room_id, list(places))}


async def is_in_thread(reads: Reads, room_id: RoomID, place: Place, root: str) -> bool:
    """Whether the event at a place was sent into the thread."""
    return await reads.fetch_one(_IS_IN_THREAD, room_id, place, root) is not None


async def read_in_main(reads: Reads, room_id: RoomID, user_id: UserID) -> list[Row]:
    """Thread, place and count of the receipts for the whole room and for the main timeline, the furthest first."""
    return await reads.fetch(_READ_IN_MAIN, room_id, user_id)


async def last_own_in_main(
    reads: Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, searched: int
) -> tuple[Place, int] | None:
    """Place and count of the user's last event of the main timeline, among the last `searched` in (after, upto]."""
    row = await reads.fetch_one(_LAST_OWN_IN_MAIN, room_id, user_id, after, upto, searched)
    return (Place(row[0]), row[1]) if row else None


async def read_in_threads(reads: Reads, room_id: RoomID, user_id: UserID, after: Place) -> dict[str, Place]:
    """By root, how far the user has marked threads as read, where that is behind `after`."""
    rows = await reads.fetch(_READ_IN_THREADS, room_id, user_id, after)
    return {row[0]: Place(row[1]) for row in rows}


async def events_in_threads(reads: Reads, room_id: RoomID, after: Place, upto: Place, limit: int) -> list[Row]:
    """Root, place, sender and whether it notifies: the last events of threads in (after, upto], newest first."""
    return await reads.fetch(_IN_THREADS, room_id, after, upto, limit)


async def highlights(
    reads: Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, limit: int, without: list[UserID]
) -> list[tuple[Place, str | None]]:
    """The last events in (after, upto] that highlight the user, each with the root of its thread if it is in one."""
    return [
        (Place(row[0]), row[1]) for row in await reads.fetch(_HIGHLIGHTS, room_id, user_id, after, upto, limit, without)
    ]


async def said_by(
    reads: Reads, room_id: RoomID, after: Place, upto: Place, searched: int, people: list[UserID], *, main_only: bool
) -> int:
    """How many of the last `searched` events in (after, upto] notify, and are by these people."""
    sql = _SAID_BY + _IN_NO_THREAD if main_only else _SAID_BY
    row = await reads.fetch_one(sql, room_id, after, upto, searched, people)
    return int(row[0]) if row else 0
