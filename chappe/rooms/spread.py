"""What happens to an account and is seen in its rooms: a new name or picture, and its end."""

from chappe.ids import RoomID, UserID
from chappe.rooms.append import append
from chappe.rooms.membership import set_member
from chappe.rooms.membership_effect import joined_rooms, rooms_of
from chappe.rooms.profile import SHOWN_KEYS
from chappe.rooms.room import MEMBER
from chappe.rooms.rooms import Rooms
from chappe.stream import REGISTER, Device, Transaction

_OF_ONE_EVENT = ("reason", "join_authorised_via_users_server")
"""Keys of a membership event that belong to that one change, and not to the member."""


async def spread_profile(tx: Transaction, user_id: UserID, key: str, value: object) -> None:
    """Called when a profile changes: the person's rooms learn of it, each by an effect."""
    if key in SHOWN_KEYS:
        for room_id in await joined_rooms(tx, user_id):
            tx.effect(room_id, "rooms.rename", room_id, user_id, key, value)


async def rename(tx: Transaction, device: Device | None, room_id: str, user_id: str, key: str, value: object) -> None:
    """The effect in the room's shard: the member's event says the new name or picture, if they are still in."""
    member_id = UserID(user_id)
    room = await tx.of(Rooms).enter(tx, RoomID(room_id), member_id)
    member = room.members[member_id]
    if member is None or room.membership(member_id) != "join":
        return
    content = {name: old for name, old in member.content.items() if name not in _OF_ONE_EVENT and name != key}
    if value is not None:
        content[key] = value
    if member.content.get(key) != value:
        await append(tx, room, sender=member_id, type=MEMBER, state_key=member_id, content=content)


async def depart_everywhere(tx: Transaction, user_id: UserID, erase: bool) -> None:
    """Called when an account ends: it leaves its rooms, each by an effect, and is not found any more."""
    for own in await rooms_of(tx, user_id):
        if own.membership in ("join", "invite", "knock"):
            tx.effect(own.room_id, "rooms.depart", own.room_id, user_id)
    tx.effect(REGISTER, "rooms.forget_person", user_id)


async def depart(tx: Transaction, device: Device | None, room_id: str, user_id: str) -> None:
    """The effect in the room's shard."""
    member_id = UserID(user_id)
    room = await tx.of(Rooms).enter(tx, RoomID(room_id), member_id)
    if room.membership(member_id) in ("join", "invite", "knock"):
        await set_member(tx, room, member_id, member_id, "leave")
