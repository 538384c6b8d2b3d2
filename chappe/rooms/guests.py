"""Guests leave a room that no longer takes guests (Client-Server API v1.19, "Guest Access", server behaviour)."""

from chappe.accounts.guests import is_guest
from chappe.ids import RoomID, UserID
from chappe.rooms import store
from chappe.rooms.membership import set_member
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import guests_may_join
from chappe.stream import Device, Transaction

MEMBERS_AT_ONCE = 200
"""Members looked at in one unit of work; more follow in the next."""


def remove_guests_if_shut_out(tx: Transaction, room: Room) -> None:
    """After a change of m.room.guest_access: have guests removed if they may not join any more."""
    if not guests_may_join(room):
        tx.effect(room.room_id, "rooms.remove_guests", room.room_id, "")


async def remove_guests(tx: Transaction, device: Device | None, room_id: RoomID, after: str) -> None:
    """The effect, in the room's shard: guests among the members after a user id leave."""
    room = await tx.of(Rooms).enter(tx, room_id)
    if guests_may_join(room):
        return
    members = await store.joined_after(tx, room_id, UserID(after), MEMBERS_AT_ONCE)
    for user_id in members:
        if not await is_guest(tx, user_id):
            continue
        await tx.of(Rooms).know(tx, room, user_id)
        if room.membership(user_id) == "join":
            await set_member(tx, room, user_id, user_id, "leave", reason="This room no longer takes guests.")
    if len(members) == MEMBERS_AT_ONCE:
        tx.effect(room_id, "rooms.remove_guests", room_id, members[-1])
