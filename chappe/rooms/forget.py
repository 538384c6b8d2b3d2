"""Forgetting a room that one has left: its past is then closed to the person."""

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID
from chappe.rooms.membership_effect import forget_room, room_of
from chappe.stream import Device, Transaction


async def forget(tx: Transaction, device: Device, room_id: RoomID) -> None:
    """Mark the room forgotten, in the person's shard. Refused while they are in it, invited, or knocking."""
    own = await room_of(tx, device.user_id, room_id)
    if own is None or own.forgotten:
        return
    forget_room(
        tx,
        device.user_id,
        room_id,
        otherwise=Refused(Errcode.UNKNOWN, "Leave the room first; then it can be forgotten.", status=400),
    )
