"""The SQL of spaces, and of the rooms that two people share."""

from chappe.ids import RoomID, UserID
from chappe.rooms.store import Reads
from chappe.rooms.stored import COLUMNS, StoredEvent, from_row

_CHILDREN = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM state_change WHERE room_id = $1 AND type = 'm.space.child' GROUP BY state_key
    ORDER BY place LIMIT $2
) AS latest JOIN event e ON e.place = latest.place
"""
_MUTUAL = """
SELECT mine.room_id FROM user_room mine JOIN user_room theirs ON theirs.room_id = mine.room_id
WHERE mine.user_id = $1 AND theirs.user_id = $2 AND mine.membership = 'join' AND theirs.membership = 'join'
AND mine.room_id > $3 ORDER BY mine.room_id LIMIT $4
"""
_COUNT_MUTUAL = """
SELECT COUNT(*) FROM user_room mine JOIN user_room theirs ON theirs.room_id = mine.room_id
WHERE mine.user_id = $1 AND theirs.user_id = $2 AND mine.membership = 'join' AND theirs.membership = 'join'
"""


async def children(reads: Reads, room_id: RoomID, limit: int) -> list[StoredEvent]:
    """The m.space.child events of a room that were set first."""
    return [from_row(row) for row in await reads.fetch(_CHILDREN, room_id, limit)]


async def mutual_rooms(reads: Reads, user_id: UserID, other: UserID, after: str, limit: int) -> list[RoomID]:
    """The first rooms behind `after`, in the order of their ids, that both people are in."""
    return [row[0] for row in await reads.fetch(_MUTUAL, user_id, other, after, limit)]


async def count_mutual(reads: Reads, user_id: UserID, other: UserID) -> int:
    """How many rooms both people are in."""
    row = await reads.fetch_one(_COUNT_MUTUAL, user_id, other)
    return int(row[0]) if row else 0


async def share_a_room(reads: Reads, user_id: UserID, other: UserID) -> bool:
    """Whether there is a room that both people are in."""
    return bool(await mutual_rooms(reads, user_id, other, "", 1))
