"""Joining a room by being in another one (Client-Server API v1.19, "Restricted rooms")."""

from typing import TypeGuard

from chappe.errors import Errcode, Refused
from chappe.events.powers import join_rule_of, power_for, power_of
from chappe.events.state import AuthState
from chappe.ids import RoomID, UserID, is_room_id, is_user_id
from chappe.rooms import store
from chappe.rooms.membership_effect import room_of
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.store import Reads
from chappe.stream import Transaction

MAX_CONDITIONS = 50
"""Entries of `allow` that are looked at."""
MAX_CANDIDATES = 50
"""Members that are asked whether they may let somebody in."""


async def authorising_member(tx: Transaction, room: Room, user_id: UserID) -> UserID | None:
    """The member in whose name the user is let in, or None where the join rule needs none.

    Refuses someone who fulfils no condition, and everybody if no member here may invite.
    """
    if not is_restricted(room) or room.membership(user_id) in ("invite", "ban"):
        return None  # an invitation is enough, and a ban is told by the rules
    if not await fulfils(tx, room, user_id):
        raise Refused(
            Errcode.FORBIDDEN, "You need an invitation, or to be in one of the rooms whose members may join this one."
        )
    member = await _member_who_may_invite(tx, room)
    if member is None:
        raise Refused(Errcode.FORBIDDEN, "Nobody who may invite people is in this room any more.")
    return member


def is_restricted(room: AuthState) -> bool:
    """Whether the join rule lets members of other rooms in, in this room's version."""
    rule = join_rule_of(room)
    return (rule == "restricted" and room.version.restricted) or (
        rule == "knock_restricted" and room.version.knock_restricted
    )


async def fulfils(reads: Reads, room: AuthState, user_id: UserID) -> bool:
    """Whether somebody is in one of the rooms whose members may join this one."""
    for allowed in allowed_rooms(room):
        own = await room_of(reads, user_id, allowed)
        if own is not None and own.membership == "join":
            return True
    return False


def allowed_rooms(room: AuthState) -> list[RoomID]:
    """The rooms that the join rules name, as far as they are looked at."""
    rules = room.get("m.room.join_rules", "")
    conditions = rules.content.get("allow") if rules is not None else None
    if not isinstance(conditions, list):
        return []
    named = [one.get("room_id") for one in conditions[:MAX_CONDITIONS] if _is_about_rooms(one)]
    return [RoomID(str(one)) for one in named if is_room_id(one)]


def _is_about_rooms(condition: object) -> TypeGuard[dict[str, object]]:
    return isinstance(condition, dict) and condition.get("type") == "m.room_membership"


async def _member_who_may_invite(tx: Transaction, room: Room) -> UserID | None:
    needed = power_for(room, "invite")
    candidates = _named_with_power(room)
    levels = room.get("m.room.power_levels", "")
    if power_for(room, "users_default") >= needed or levels is None:
        candidates += await store.joined_after(tx, room.room_id, UserID(""), MAX_CANDIDATES)
    for candidate in candidates[:MAX_CANDIDATES]:
        await tx.of(Rooms).know(tx, room, candidate)
        if room.membership(candidate) == "join" and power_of(room.version, room, candidate) >= needed:
            return candidate
    return None


def _named_with_power(room: Room) -> list[UserID]:
    """Creators, then those whom the power levels name, the highest first."""
    create = room.create
    assert create is not None
    named = [create.sender]
    more = create.content.get("additional_creators")
    if isinstance(more, list):
        named += [UserID(str(one)) for one in more if is_user_id(one)]
    levels = room.get("m.room.power_levels", "")
    users = levels.content.get("users") if levels is not None else None
    if isinstance(users, dict):
        named += sorted((UserID(one) for one in users), key=lambda one: -power_of(room.version, room, one))
    return list(dict.fromkeys(named))
