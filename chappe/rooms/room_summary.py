"""What people may know of a room before they are in it (Client-Server API v1.19, "Room previews", "Spaces")."""

from chappe.errors import Errcode, Refused
from chappe.events.powers import join_rule_of, membership_of
from chappe.events.state import AuthState
from chappe.ids import RoomID, UserID
from chappe.restrictions import Restrictions
from chappe.rooms.committed import CommittedState, committed_state
from chappe.rooms.listing import LISTED_TYPES, entry_of, is_world_readable
from chappe.rooms.placeholders import placeholders_in
from chappe.rooms.restricted import allowed_rooms, fulfils, is_restricted
from chappe.rooms.store import Reads, member_history

_TYPES = (*LISTED_TYPES, "m.room.encryption")

Summary = dict[str, object]


async def summary_for(reads: Reads, restrictions: Restrictions, room_id: RoomID, user_id: UserID | None) -> Summary:
    """A room's summary, with the membership of who asks; refused (NOT_FOUND) unless they may know of the room, and with
    what is told of the restriction where it is closed to them.

    None asks without an account.
    """
    state = await accessible_state(reads, restrictions, room_id, user_id)
    if state is None:
        raise Refused(Errcode.NOT_FOUND, "There is no such room here, or you may not know of it.")
    await restrictions.require_open(room_id, user_id)
    told = summary_of(room_id, state)
    if user_id is not None:
        told["membership"] = membership_of(state, user_id)
    return told


async def may_know_of(reads: Reads, restrictions: Restrictions, room_id: RoomID, user_id: UserID) -> bool:
    """Whether somebody may know that there is such a room: they may look at its summary, or were in it."""
    if await accessible_state(reads, restrictions, room_id, user_id) is not None:
        return True
    return bool(await member_history(reads, room_id, user_id))


async def accessible_state(
    reads: Reads, restrictions: Restrictions, room_id: RoomID, user_id: UserID | None
) -> CommittedState | None:
    """The state that a summary is made of; None if there is no such room, or the person may not know of it."""
    members = [user_id] if user_id is not None else []
    placeholders = await placeholders_in(reads, restrictions, room_id, user_id)
    state = await committed_state(reads, room_id, _TYPES, *members, placeholders=placeholders)
    if state is None:
        return None
    if is_world_readable(state):
        return state
    membership = membership_of(state, user_id) if user_id is not None else "leave"
    if membership in ("join", "invite", "knock"):
        return state
    if membership == "ban":
        return None
    if _is_open(state) or (user_id is not None and is_restricted(state) and await fulfils(reads, state, user_id)):
        return state
    return None


def summary_of(room_id: RoomID, state: CommittedState) -> Summary:
    """The summary that is the same for everybody who may know of the room."""
    told = entry_of(room_id, state, state.joined)
    told["room_version"] = state.version.id
    encryption = state.get("m.room.encryption", "")
    algorithm = encryption.content.get("algorithm") if encryption is not None else None
    if isinstance(algorithm, str):
        told["encryption"] = algorithm
    if is_restricted(state) and (allowed := allowed_rooms(state)):
        told["allowed_room_ids"] = allowed
    return told


def _is_open(state: AuthState) -> bool:
    """Whether everybody may join, or ask to."""
    match join_rule_of(state):
        case "public":
            return True
        case "knock":
            return state.version.knock
        case "knock_restricted":
            return state.version.knock_restricted
    return False
