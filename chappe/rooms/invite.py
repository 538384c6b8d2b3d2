"""Inviting somebody to a room."""

from chappe.identity import Identity
from chappe.ids import EventID, RoomID, UserID
from chappe.rooms.invite_permission import require_wants_invite
from chappe.rooms.membership import already, set_member
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_local_user, require_reason_size
from chappe.stream import Device, Transaction


async def invite(
    tx: Transaction, device: Device, room_id: RoomID, user_id: UserID, reason: str | None = None
) -> EventID:
    """Invite somebody. Who is invited already stays so."""
    require_reason_size(reason)
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id)
    return await invite_entered(tx, room, device.user_id, user_id, reason=reason)


async def invite_entered(tx: Transaction, room: Room, sender: UserID, user_id: UserID, **content: object) -> EventID:
    """Invite somebody to a room that was entered, with further keys of the membership event.

    Refuses with INVITE_BLOCKED who does not want that.
    """
    require_local_user(user_id, tx.of(Identity).server_name)
    await tx.of(Rooms).know(tx, room, user_id)
    if room.membership(user_id) == "invite":
        return already(tx, room, user_id)
    await require_wants_invite(tx, sender, user_id)
    return (await set_member(tx, room, sender, user_id, "invite", **content)).event_id
