"""Presence as clients read it: an answer of its own, or events in /sync."""

import msgspec

from chappe.ids import UserID
from chappe.presence.presence import Person
from chappe.presence.rules import State

M_PRESENCE = "m.presence"


class Shown(msgspec.Struct, omit_defaults=True):
    """The content of m.presence. `last_active_ago` is in milliseconds."""

    presence: str
    last_active_ago: int | None = None
    currently_active: bool | None = None
    status_msg: str | None = None
    displayname: str | None = None
    avatar_url: str | None = None


class PresenceEvent(msgspec.Struct, tag_field="type", tag=M_PRESENCE):
    """One person's presence, in /sync."""

    sender: UserID
    content: Shown


_encode = msgspec.json.Encoder().encode


def shown(person: Person | None, now: int) -> Shown:
    """What is told of somebody; of whom nothing is known, that they are offline.

    Who is online is currently active: until they are idle, no further time of their last activity is told.
    """
    if person is None:
        return Shown(State.OFFLINE.word)
    is_active = person.state in (State.ONLINE, State.BUSY) and not person.idle
    return Shown(
        person.state.word,
        max(0, now - person.active_at),
        is_active if person.state is not State.OFFLINE else None,
        person.status,
        person.shown.get("displayname"),
        person.shown.get("avatar_url"),
    )


def event_of(user_id: UserID, person: Person, now: int) -> bytes:
    """The event, as JSON."""
    return _encode(PresenceEvent(user_id, shown(person, now)))
