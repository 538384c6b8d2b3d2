"""Removing somebody from a room, or taking back their invitation or knock."""

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID, UserID
from chappe.rooms.membership import set_member
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_reason_size
from chappe.stream import Device, Transaction


async def kick(tx: Transaction, device: Device, room_id: RoomID, user_id: UserID, reason: str | None = None) -> None:
    """Remove somebody who is in the room, invited, or knocking. They may come back as the join rules say."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id, user_id)
    match room.membership(user_id):
        case "leave":
            raise Refused(Errcode.FORBIDDEN, f"{user_id} is not in this room.")
        case "ban":
            raise Refused(Errcode.BAD_STATE, f"{user_id} is banned from this room; unban lifts that.")
    await set_member(tx, room, device.user_id, user_id, "leave", reason=reason)
