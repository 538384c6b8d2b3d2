"""Leaving a room, which also declines an invitation and takes back a knock."""

from chappe.ids import RoomID
from chappe.rooms.membership import already, enter_knowing, set_member
from chappe.stream import Device, Transaction


async def leave(tx: Transaction, device: Device, room_id: RoomID, reason: str | None = None) -> None:
    """Leave a room. Who has left already stays so; who never was in it is refused."""
    room = await enter_knowing(tx, room_id, device.user_id, reason)
    if room.membership(device.user_id) == "leave" and room.members[device.user_id] is not None:
        already(tx, room, device.user_id)
    else:
        await set_member(tx, room, device.user_id, device.user_id, "leave", reason=reason)
