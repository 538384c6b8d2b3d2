"""What is left of server notices when an account ends: nothing but what was said in the room."""

from chappe import holds
from chappe.ids import UserID
from chappe.server_notices import store
from chappe.stream import Transaction

TOLD = "server_notices.told"
"""What somebody was told, and where, as `holds` knows it: erased by user id whenever an account ends."""


async def forget_told(tx: Transaction, user_id: UserID, erase: bool) -> None:
    """Called when an account ends, in the person's shard."""
    await holds.erase(tx, TOLD, user_id)


async def erase_told(tx: Transaction, user_id: str) -> None:
    """The eraser of `TOLD`."""
    store.erase_all(tx, UserID(user_id))
