"""What people may do about the server itself: they neither leave its room, nor bring it into one of theirs."""

from chappe.accounts import account_of
from chappe.errors import Errcode, Refused
from chappe.events.auth import Draft
from chappe.ids import is_server_user
from chappe.rooms import Room
from chappe.rooms.room import MEMBER
from chappe.stream import Transaction


async def keep_in_room(tx: Transaction, room: Room, draft: Draft) -> None:
    """A gate before every event. Whose account has ended does leave, with all other rooms."""
    if draft.type != MEMBER or is_server_user(draft.sender):
        return
    if is_server_user(str(draft.state_key)):
        raise Refused(Errcode.FORBIDDEN, "This is the server itself, which is in no room but those that it makes.")
    if draft.content.get("membership") != "leave" or room.create is None or not is_server_user(room.create.sender):
        return
    account = await account_of(tx, draft.sender)
    if account is not None and account.deactivated_at is None:
        reason = "In this room the server tells you what you have to know. You can mute it, and cannot leave it."
        raise Refused(Errcode.CANNOT_LEAVE_SERVER_NOTICE_ROOM, reason)
