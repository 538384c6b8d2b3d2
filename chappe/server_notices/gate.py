"""What people cannot do with server notices: leave the room, or have the server in theirs. v1.19, "Server Notices"."""

from chappe import accounts
from chappe.errors import Errcode, Refused
from chappe.events.auth import Draft
from chappe.identity import Identity
from chappe.ids import UserID, server_user
from chappe.rooms import Room
from chappe.server_notices.room import MARK
from chappe.stream import Transaction

MEMBER = "m.room.member"


async def refuse_misuse(tx: Transaction, room: Room, draft: Draft) -> None:
    """A send gate. An account that has ended leaves all its rooms, this one too."""
    if draft.type != MEMBER or room.create is None:
        return
    server = server_user(tx.of(Identity).server_name)
    if draft.state_key == server and draft.sender != server:
        raise Refused(Errcode.FORBIDDEN, "This is the server itself: it reads nothing, and is in no room of people.")
    is_notices = room.create.sender == server and room.create.content.get(MARK) is True
    if is_notices and draft.sender == draft.state_key and draft.content.get("membership") == "leave":
        account = await accounts.account_of(tx, UserID(draft.sender))
        if account is not None and account.deactivated_at is None:
            reason = "Here the server tells you what concerns you: you cannot leave, but you can mute it."
            raise Refused(Errcode.CANNOT_LEAVE_SERVER_NOTICE_ROOM, reason)
