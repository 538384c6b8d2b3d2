"""All the SQL of searching."""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from chappe.ids import EventID, RoomID, UserID
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.storage import Row
from chappe.stream import Place, Transaction

ROOMS_AT_ONCE = 16
"""Rooms that one statement looks through, a power of two. With fewer it names rooms that there are not."""

_FORGET = """
DELETE FROM search_word WHERE place = $1 AND EXISTS (SELECT 1 FROM event WHERE place = $2 AND redacted_by IS NULL)
"""
_FORGET_ALL = "DELETE FROM search_word WHERE place IN (SELECT * FROM each_int($1))"
# What was redacted meanwhile must not come back: the act that redacts has taken its words away, and has put those in
# their place that are left. Nor may what somebody erased with their account.
_ADD = """
WITH w(word) AS (SELECT * FROM each_text($3))
INSERT INTO search_word (room, word, place, said)
SELECT CAST($1 AS BIGINT), w.word, e.place, s.place FROM event e CROSS JOIN event s CROSS JOIN w
WHERE e.place = $2 AND e.redacted_by IS NULL AND s.place = $4 AND s.redacted_by IS NULL
AND NOT EXISTS (SELECT 1 FROM erased_sender x WHERE x.room_id = e.room_id AND x.user_id = e.sender)
ON CONFLICT (room, word, place) DO NOTHING
"""
_EVENTS = f"""
SELECT {COLUMNS} FROM event e WHERE e.place > $1 AND e.place <= $2 AND e.redacted_by IS NULL
AND e.type IN ('m.room.message', 'm.room.name', 'm.room.topic') ORDER BY e.place LIMIT $3
"""
_EDITED = f"SELECT {COLUMNS} FROM event e JOIN relation r ON r.parent = e.place WHERE r.place = $1"
_LAST_EDIT = f"""
SELECT {COLUMNS} FROM (
    SELECT place FROM relation WHERE parent = $1 AND rel_type = 'm.replace' AND place <> $2
    ORDER BY place DESC LIMIT 50
) AS latest JOIN event e ON e.place = latest.place WHERE e.redacted_by IS NULL
ORDER BY e.origin_server_ts DESC, e.event_id DESC LIMIT 1
"""
_BY_ID = f"SELECT {COLUMNS} FROM event e WHERE e.event_id = $1"
_SENT_BY = """
SELECT place FROM event WHERE room_id = $1 AND sender = $2 AND place > $3 AND place <= $4 ORDER BY place LIMIT $5
"""
_SAID = "SELECT place, said FROM search_word WHERE place IN (SELECT * FROM each_int($1)) AND said <> place"


def digest_of(room_id: RoomID) -> int:
    """A number that stands for a room."""
    return int.from_bytes(blake2b(room_id.encode(), digest_size=8).digest(), "big", signed=True)


def put_words(tx: Transaction, room_id: RoomID, place: Place, words: Sequence[str], said: Place, *, anew: bool) -> None:
    """Queue that a message is found by these words; with `anew` by no other."""
    if anew:
        tx.execute(_FORGET, place, said)
    if words:
        tx.execute(_ADD, digest_of(room_id), place, list(words), said)


def forget_words(tx: Transaction, places: Sequence[Place]) -> None:
    """Queue that messages are not found any more."""
    tx.execute(_FORGET_ALL, list(places))


async def events_between(reads: Reads, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The first events of a shard in (after, upto] in which words are found."""
    return [from_row(row) for row in await reads.fetch(_EVENTS, after, upto, limit)]


async def edited_by(reads: Reads, edit: Place) -> StoredEvent | None:
    """The message that a valid edit replaces."""
    row = await reads.fetch_one(_EDITED, edit)
    return from_row(row) if row is not None else None


async def last_edit(reads: Reads, place: Place, without: Place) -> StoredEvent | None:
    """The edit of a message that was sent last, but for one."""
    row = await reads.fetch_one(_LAST_EDIT, place, without)
    return from_row(row) if row is not None else None


async def event_named(reads: Reads, event_id: EventID) -> StoredEvent | None:
    """An event by its id."""
    row = await reads.fetch_one(_BY_ID, event_id)
    return from_row(row) if row is not None else None


async def sent_by(reads: Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, limit: int) -> list[Place]:
    """Where the first events of somebody in a room in (after, upto] stand. Proportional to the room's events."""
    return [Place(row[0]) for row in await reads.fetch(_SENT_BY, room_id, user_id, after, upto, limit)]


@cache
def _found_sql(words: int, rooms: int) -> str:
    """$1: how many messages with the first word are looked at in each room, less one; $2: how many are told of it; then
    the words, then the rooms."""
    others = "".join(
        f" AND EXISTS (SELECT 1 FROM search_word t WHERE t.room = s.room AND t.word = ${3 + n} AND t.place = s.place)"
        for n in range(1, words)
    )
    parts: list[str] = []
    for room in range(3 + words, 3 + words + rooms):
        bound = f"""
COALESCE((
    SELECT b.place FROM search_word b WHERE b.room = ${room} AND b.word = $3 ORDER BY b.place DESC LIMIT 1 OFFSET $1
), 0)"""
        parts.append(f"""
SELECT * FROM (
    SELECT f.place, e.origin_server_ts, LENGTH(e.client_json), {room} AS room FROM (
        SELECT s.place FROM search_word s WHERE s.room = ${room} AND s.word = $3 AND s.place >= {bound}{others}
        ORDER BY s.place DESC LIMIT $2
    ) AS f JOIN event e ON e.place = f.place
) AS r{room}""")
    return " UNION ALL ".join(parts)


async def found_in(
    reads: Reads, rooms: Sequence[RoomID], words: Sequence[str], looked_at: int, limit: int
) -> list[Row]:
    """Place, time, size and number of the room: the newest messages with all the words, of each of at most
    `ROOMS_AT_ONCE` rooms. The first word is looked up, and the others are asked for in what it finds."""
    number = 1
    while number < len(rooms):
        number *= 2  # so that there are few statements
    digests = [digest_of(room_id) for room_id in rooms] + [0] * (number - len(rooms))
    return await reads.fetch(_found_sql(len(words), number), looked_at - 1, limit, *words, *digests)


async def edits_found(reads: Reads, places: Sequence[Place]) -> dict[Place, Place]:
    """For those of the messages that are found by their edits, where these stand."""
    return {Place(row[0]): Place(row[1]) for row in await reads.fetch(_SAID, list(places))}
