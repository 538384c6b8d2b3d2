"""Asking to be let into a room (Client-Server API v1.19, "Knocking on rooms")."""

from chappe.ids import RoomID
from chappe.rooms.membership import already, set_member
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_reason_size
from chappe.stream import Device, Transaction


async def knock(tx: Transaction, device: Device, room_id: RoomID, reason: str | None = None) -> RoomID:
    """Knock on a room that takes knocks. Who has knocked already stays so."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter(tx, room_id, device.user_id)
    if room.membership(device.user_id) == "knock":
        already(tx, room, device.user_id)
    else:
        await set_member(tx, room, device.user_id, device.user_id, "knock", reason=reason)
    return room_id
