"""Who joins the room that replaces one of theirs finds it where the old one was (v1.19, "Room upgrades").

"When a user joins the new room, the server should automatically transfer/replicate some of the user's personalized
settings": here its tags, and its place among the direct chats.
"""

import msgspec

from chappe.accounts import account_data_of, change_account_data
from chappe.events.canonical_json import encode
from chappe.ids import RoomID, UserID, is_room_id
from chappe.rooms.committed import committed_state
from chappe.rooms.direct import DIRECT
from chappe.rooms.membership_effect import room_of
from chappe.rooms.room import Room
from chappe.rooms.store import Reads
from chappe.stream import Device, Transaction

TAGS = "m.tag"


def inherit(tx: Transaction, room: Room, user_id: UserID) -> None:
    """Called when somebody has joined: have their settings follow, if the room says that it replaces another."""
    predecessor = room.create.content.get("predecessor") if room.create is not None else None
    old = predecessor.get("room_id") if isinstance(predecessor, dict) else None
    if is_room_id(old):
        tx.effect(user_id, "rooms.inherit", user_id, old, room.room_id)


async def inherit_settings(tx: Transaction, device: Device | None, user_id: str, old: str, new: str) -> None:
    """The effect in the person's shard. What they have set for the new room already stays."""
    me, before, after = UserID(user_id), RoomID(old), RoomID(new)
    if before == after or await room_of(tx, me, before) is None or not await _replaces(tx, after, before, me):
        return
    tags = await account_data_of(tx, me, before, TAGS)
    if tags is not None:
        await change_account_data(tx, me, after, TAGS, lambda present: tags if present is None else present)
    await change_account_data(tx, me, None, DIRECT, lambda direct: with_replacement(direct, before, after))


async def _replaces(reads: Reads, new: RoomID, old: RoomID, user_id: UserID) -> bool:
    """Whether the old room points to the new one, which anybody could make; or the person has made that themselves,
    since who upgrades a room is in the new one before the old one points to it."""
    state = await committed_state(reads, old, ("m.room.tombstone",))
    tombstone = state.get("m.room.tombstone", "") if state is not None else None
    if tombstone is not None and tombstone.content.get("replacement_room") == new:
        return True
    made = await committed_state(reads, new, ("m.room.create",))
    return made is not None and made.create is not None and made.create.sender == user_id


def with_replacement(direct: bytes | None, old: RoomID, new: RoomID) -> bytes | None:
    """The content of m.direct with the new room beside the old one."""
    content = msgspec.json.decode(direct) if direct is not None else {}
    direct_to = [person for person, rooms in content.items() if isinstance(rooms, list) and old in rooms]
    if not any(new not in content[person] for person in direct_to):
        return direct
    return encode(content | {person: [*content[person], new] for person in direct_to if new not in content[person]})
