"""All the SQL of server notices."""

from chappe.ids import RoomID, UserID
from chappe.rooms.reading import Reads
from chappe.stream import Transaction

_ROOM = "SELECT room_id FROM notice_room WHERE user_id = $1"
_ADD_ROOM = """
INSERT INTO notice_room (user_id, room_id, made_at) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""
_IS_TOLD = "SELECT 1 FROM notice_told WHERE user_id = $1 AND key = $2"
_TOLD = """
INSERT INTO notice_told (user_id, key, told_at) VALUES ($1, $2, $3)
ON CONFLICT (user_id, key) DO NOTHING RETURNING key
"""


async def notice_room_of(reads: Reads, user_id: UserID) -> RoomID | None:
    """The room in which the server tells somebody something; None as long as it had nothing to tell."""
    row = await reads.fetch_one(_ROOM, user_id)
    return RoomID(row[0]) if row is not None else None


def add_room(tx: Transaction, user_id: UserID, room_id: RoomID) -> None:
    """Queue that this is their room. If another unit is about to make one, the act runs again and finds it."""
    tx.conditional(_ADD_ROOM, user_id, room_id, tx.now, otherwise=None)


def erase_all(tx: Transaction, user_id: UserID) -> None:
    """Queue that nothing is known of what somebody was told, nor where; the room is as it was."""
    tx.execute("DELETE FROM notice_told WHERE user_id = $1", user_id)
    tx.execute("DELETE FROM notice_room WHERE user_id = $1", user_id)


async def is_told(reads: Reads, user_id: UserID, key: str) -> bool:
    """Whether they were told this already."""
    return await reads.fetch_one(_IS_TOLD, user_id, key) is not None


def add_told(tx: Transaction, user_id: UserID, key: str) -> None:
    """Queue that they are told this; if another unit is about to, the act runs again and finds that they are."""
    tx.conditional(_TOLD, user_id, key, tx.now, otherwise=None)
