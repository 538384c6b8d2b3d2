"""Joining a room."""

from chappe.ids import EventID, RoomID
from chappe.rooms.direct import note_if_invited_directly
from chappe.rooms.inherit import inherit
from chappe.rooms.membership import already, set_member
from chappe.rooms.restricted import authorising_member
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_guest_may_join, require_reason_size
from chappe.stream import Device, Transaction


async def join(tx: Transaction, device: Device, room_id: RoomID, reason: str | None = None) -> RoomID:
    """Join a room. Who is in it already stays as they are."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter(tx, room_id, device.user_id)
    if room.membership(device.user_id) == "join":
        already(tx, room, device.user_id)
    else:
        await join_entered(tx, device, room, reason=reason)
    return room_id


async def join_entered(tx: Transaction, device: Device, room: Room, **content: object) -> EventID:
    """Join a room that was entered, with further keys of the membership event."""
    if device.is_guest:
        require_guest_may_join(room)
    via = await authorising_member(tx, room, device.user_id)
    content["join_authorised_via_users_server"] = via
    note_if_invited_directly(tx, room, device.user_id)
    event = await set_member(tx, room, device.user_id, device.user_id, "join", **content)
    inherit(tx, room, device.user_id)
    return event.event_id
