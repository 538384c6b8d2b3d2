"""The SQL of room upgrades: who is banned, and what in the register follows a room to its replacement."""

from chappe.ids import RoomID, UserID
from chappe.storage import Database
from chappe.stream import Transaction

_BANNED = """
SELECT m.user_id FROM member_change m
WHERE m.room_id = $1 AND m.membership = 'ban' AND NOT EXISTS (
    SELECT 1 FROM member_change n WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place
) ORDER BY m.place DESC LIMIT $2
"""
_MOVE_ALIASES = "UPDATE room_alias SET room_id = $2 WHERE room_id = $1 AND reserved_until IS NULL"


async def banned(database: Database, room_id: RoomID, limit: int) -> list[UserID]:
    """Those banned last from a room. Proportional to its members, and so read beside the loop."""
    return [row[0] for row in await database.scan(_BANNED, room_id, limit)]


def move_aliases(tx: Transaction, old: RoomID, new: RoomID) -> None:
    """Queue that all names of a room point to another one."""
    tx.execute(_MOVE_ALIASES, old, new)
