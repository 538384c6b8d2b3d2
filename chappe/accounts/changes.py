"""What accounts put into /sync between two positions."""

from chappe.accounts import store
from chappe.accounts.store import Fetches
from chappe.ids import RoomID, UserID
from chappe.stream import Place

Entries = list[tuple[str, bytes]]
"""Type and content (JSON) of account data."""


async def room_account_data(database: Fetches, user_id: UserID, room_id: RoomID, upto_place: Place) -> Entries:
    """All account data about one room, as of a place of the user's shard."""
    return await store.account_data_of_room(database, user_id, room_id, upto_place)


async def account_data_changes(
    database: Fetches, user_id: UserID, after_place: Place, upto_place: Place
) -> tuple[Entries, dict[RoomID, Entries]]:
    """The account data that changed last in (after, upto], places of the user's shard: global, and by room."""
    in_all: Entries = []
    by_room: dict[RoomID, Entries] = {}
    for room_id, data_type, content in await store.account_data_between(database, user_id, after_place, upto_place):
        entries = in_all if room_id is None else by_room.setdefault(room_id, [])
        entries.append((data_type, content))
    return in_all, by_room
