"""What people's own push rules change of unread counts: a row where an event counts otherwise for somebody.

A reader of the log asks the rules (`push/counting.py`) and notes what it finds; /sync adds it up. A row has a place of
its own in the room's shard, behind that of the event. Counts as of a place hold the rows up to there and no other, so
that who syncs step by step comes to what a fresh client is told. The person is woken by it, and nobody else.
"""

from collections.abc import Sequence

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms.store import Reads
from chappe.stream import Device, Place, Transaction

# What was redacted meanwhile highlights nobody.
_ADD = """
INSERT INTO own_count (room_id, user_id, place, notifies, highlights, noted)
SELECT e.room_id, $2, e.place, CAST($3 AS BIGINT),
    CASE WHEN e.redacted_by IS NULL THEN CAST($4 AS BIGINT) ELSE 0 END, CAST($5 AS BIGINT)
FROM event e WHERE e.place = $1
ON CONFLICT (room_id, user_id, place) DO NOTHING
"""
_HIGHLIGHT_NO_MORE = "UPDATE own_count SET highlights = 0 WHERE place = $1"
_AFTER = """
SELECT o.place, t.root, o.notifies, o.highlights FROM own_count o JOIN event e ON e.place = o.place
LEFT JOIN thread_event t ON t.room_id = o.room_id AND t.place = o.place
WHERE o.room_id = $1 AND o.user_id = $2 AND o.place > $3 AND o.noted <= $4
AND e.sender NOT IN (SELECT * FROM each_text($5)) ORDER BY o.place DESC LIMIT $6
"""
_ROOMS = "SELECT DISTINCT room_id FROM own_count WHERE user_id = $1 AND noted > $2 AND noted <= $3"

MAX_COUNTED = 10_000
"""Rows of one person in one room that are added up: the newest."""


class OwnCount(msgspec.Struct, frozen=True):
    """How an event counts for one person, compared with others. `root` is that of the thread it is in."""

    place: Place
    root: str | None
    notifications: int
    highlights: int


async def note_own_counts(tx: Transaction, device: Device | None, counts: list[tuple[UserID, Place, int, int]]) -> None:
    """An act in the rooms' shard: how events count for people, once for each."""
    for user_id, place, notifies, highlights in counts:
        tx.execute(_ADD, place, user_id, notifies, highlights, tx.place(user_id))


def highlight_no_more(tx: Transaction, place: Place) -> None:
    """Queue that an event, which is being redacted, highlights nobody; it counts as before."""
    tx.execute(_HIGHLIGHT_NO_MORE, place)


async def own_counts_after(
    reads: Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, without: Sequence[UserID]
) -> list[OwnCount]:
    """Of events behind `after`, what was noted up to `upto`; not of those that the people in `without` sent."""
    rows = await reads.fetch(_AFTER, room_id, user_id, after, upto, list(without), MAX_COUNTED)
    return [OwnCount(Place(row[0]), row[1], row[2], row[3]) for row in rows]


async def recounted_rooms(reads: Reads, user_id: UserID, after: Place, upto: Place) -> list[RoomID]:
    """The rooms of a shard in which anything was noted for somebody in (after, upto]."""
    return [row[0] for row in await reads.fetch(_ROOMS, user_id, after, upto)]
