"""Who may invite somebody: what they have chosen, in their account data.

Client-Server API v1.19, "Invite permission". `block` is the specification's word. With `KNOWN`, our own, only people
who share a room with them may; to other servers and clients it means nothing, and everybody may.
"""

import msgspec

from chappe.accounts import account_data_of
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.rooms.spaces_store import share_a_room
from chappe.rooms.store import Reads

INVITE_PERMISSION = "m.invite_permission_config"
BLOCK = "block"
KNOWN = "org.chappe.known"


class _Content(msgspec.Struct):
    default_action: object = None


async def blocks_invites(reads: Reads, user_id: UserID) -> bool:
    """Whether the person wants no invitations at all, and is shown none."""
    return await _chosen(reads, user_id) == BLOCK


async def require_wants_invite(reads: Reads, sender: UserID, user_id: UserID) -> None:
    """Refuse with INVITE_BLOCKED an invitation that the person does not want."""
    chosen = await _chosen(reads, user_id)
    if chosen == BLOCK:
        raise Refused(Errcode.INVITE_BLOCKED, f"{user_id} does not want to be invited.")
    if chosen == KNOWN and not await share_a_room(reads, sender, user_id):
        raise Refused(Errcode.INVITE_BLOCKED, f"{user_id} wants to be invited only by people they share a room with.")


async def _chosen(reads: Reads, user_id: UserID) -> object:
    stored = await account_data_of(reads, user_id, None, INVITE_PERMISSION)
    if stored is None:
        return None
    try:
        return msgspec.json.decode(stored, type=_Content).default_action
    except msgspec.MsgspecError:
        return None
