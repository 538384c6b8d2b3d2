"""Changing somebody's membership: what joining, inviting, leaving, kicking, banning and knocking share."""

from chappe.errors import Errcode, Refused
from chappe.events.event import Event
from chappe.ids import EventID, RoomID, UserID
from chappe.rooms.append import append
from chappe.rooms.profile import shown_profile
from chappe.rooms.room import MEMBER, Room
from chappe.rooms.rooms import Rooms, not_in_room
from chappe.rooms.rules import require_reason_size
from chappe.stream import Transaction


async def set_member(
    tx: Transaction, room: Room, sender: UserID, target: UserID, membership: str, **more: object
) -> Event:
    """Append a membership event, if the room's rules allow it.

    `more` are further keys of its content; those that are None are left out. Somebody coming in brings
    name and picture along, unless `more` has them.
    """
    given = {key: value for key, value in more.items() if value is not None}
    if membership in ("join", "invite", "knock"):
        given = {**await shown_profile(tx, target), **given}
    content = {**given, "membership": membership}
    return await append(tx, room, sender=sender, type=MEMBER, state_key=target, content=content)


def already(tx: Transaction, room: Room, user_id: UserID) -> EventID:
    """The user's membership event, which already says what was asked for.

    It may not be durable yet, or not yet in the person's own stream, where /sync sees it: the answer waits
    until it is.
    """
    if room.pending:
        tx.after_all_queued()
    tx.after_effects(user_id)
    member = room.members[user_id]
    assert member is not None, "only called for someone who has a membership"
    return member.event_id


async def enter_knowing(tx: Transaction, room_id: RoomID, user_id: UserID, reason: str | None) -> Room:
    """Enter a room for someone who may be in it or not; who never was does not learn whether it exists."""
    require_reason_size(reason)
    try:
        room = await tx.of(Rooms).enter(tx, room_id, user_id)
    except Refused as refused:
        if refused.code is not Errcode.NOT_FOUND:
            raise
        raise not_in_room() from None
    return room
