"""Banning somebody from a room, and lifting a ban."""

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID, UserID
from chappe.rooms.membership import already, set_member
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_reason_size
from chappe.stream import Device, Transaction


async def ban(tx: Transaction, device: Device, room_id: RoomID, user_id: UserID, reason: str | None = None) -> None:
    """Ban somebody, who need not be in the room. The same ban by the same person again changes nothing."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id, user_id)
    member = room.members[user_id]
    if (
        member is not None
        and room.membership(user_id) == "ban"
        and member.sender == device.user_id
        and member.content.get("reason") == reason
    ):
        already(tx, room, user_id)
        return
    await set_member(tx, room, device.user_id, user_id, "ban", reason=reason)


async def unban(tx: Transaction, device: Device, room_id: RoomID, user_id: UserID, reason: str | None = None) -> None:
    """Lift a ban: the person may be invited and may join again, as the join rules say."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id, user_id)
    if room.membership(user_id) != "ban":
        raise Refused(Errcode.BAD_STATE, f"{user_id} is not banned from this room.")
    await set_member(tx, room, device.user_id, user_id, "leave", reason=reason)
