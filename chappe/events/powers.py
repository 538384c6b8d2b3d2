"""Who may do what: power levels and memberships, read from the room state.

Matrix: m.room.power_levels in the client-server API; "Room versions", the notes on power levels and on
room creators (version 12), and "power_levels events accept values as strings" (versions before 10).
"""

import re
from typing import Literal

from chappe.events.canonical_json import MAX_INT
from chappe.events.state import AuthState, StateEvent
from chappe.events.versions import RoomVersion

INFINITE = 2**63 - 1
"""The power of a creator in version 12: above every level that an event can name."""

CREATOR_POWER = 100
"""The power of the creator before version 12, while the room has no power levels event."""

Action = Literal["invite", "kick", "ban", "redact", "state_default", "events_default", "users_default"]

DEFAULT_LEVELS: dict[str, int] = {
    "invite": 0,
    "kick": 50,
    "ban": 50,
    "redact": 50,
    "state_default": 50,
    "events_default": 0,
    "users_default": 0,
}
"""The levels that hold where the power levels event, or the whole event, does not name them."""

MAX_LEVEL_DIGITS = 64
"""Digits of a level given as text, leading zeroes included: turning text into a number takes quadratic time."""

_INTEGER_TEXT = re.compile(rf"\s*[+-]?[0-9]{{1,{MAX_LEVEL_DIGITS}}}\s*")


def level(version: RoomVersion, value: object) -> int | None:
    """The power level that `value` means, or None if it means none.

    An integer; before version 10 also its decimal text, with a sign, leading zeroes and white space.
    """
    if type(value) is int:  # a bool is an int to Python, and no level
        return value if -MAX_INT <= value <= MAX_INT else None
    if version.integer_power_levels or not isinstance(value, str) or _INTEGER_TEXT.fullmatch(value) is None:
        return None
    number = int(value)
    return number if -MAX_INT <= number <= MAX_INT else None


def is_creator(version: RoomVersion, create: StateEvent, user_id: object) -> bool:
    """Whether the user is a creator of the room, with `additional_creators` where the version has them."""
    if not version.creator_is_sender:
        return create.content.get("creator") == user_id
    if create.sender == user_id:
        return True
    more = create.content.get("additional_creators") if version.privileged_creators else None
    return isinstance(more, list) and user_id in more


def power_of(version: RoomVersion, state: AuthState, user_id: str) -> int:
    """The power level of the user; `INFINITE` for a creator in version 12."""
    create = state.create
    if version.privileged_creators and create is not None and is_creator(version, create, user_id):
        return INFINITE
    levels = state.get("m.room.power_levels", "")
    if levels is None:
        return CREATOR_POWER if create is not None and is_creator(version, create, user_id) else 0
    users = levels.content.get("users")
    if isinstance(users, dict):
        own = level(version, users.get(user_id))
        if own is not None:
            return own
    return power_for(state, "users_default")


def power_to_send(state: AuthState, type: str, is_state: bool) -> int:
    """The power level that sending an event of that type needs. Membership events have rules of their own."""
    levels = state.get("m.room.power_levels", "")
    if levels is not None:
        events = levels.content.get("events")
        if isinstance(events, dict):
            named = level(state.version, events.get(type))
            if named is not None:
                return named
    return power_for(state, "state_default" if is_state else "events_default")


def power_for(state: AuthState, action: Action) -> int:
    """The power level that the action needs, or the default that the action names."""
    levels = state.get("m.room.power_levels", "")
    if levels is None:
        return DEFAULT_LEVELS[action]
    named = level(state.version, levels.content.get(action))
    return DEFAULT_LEVELS[action] if named is None else named


def may_redact(state: AuthState, redactor: str, author: str) -> bool:
    """Whether the redactor may take the content of an event by the author, being allowed to send a redaction.

    One's own events, or with the redact level anybody's (client-server API, PUT …/redact/…). The rule between
    servers asks for the same domain only; on one server that would give everybody everything.
    """
    return redactor == author or power_of(state.version, state, redactor) >= power_for(state, "redact")


def membership_of(state: AuthState, user_id: str) -> str:
    """join, invite, leave, ban or knock; "leave" for a user who has no membership."""
    member = state.get("m.room.member", user_id)
    membership = member.content.get("membership") if member is not None else None
    return membership if isinstance(membership, str) else "leave"


def join_rule_of(state: AuthState) -> str:
    """The room's join rule; "invite" where none is set."""
    rules = state.get("m.room.join_rules", "")
    rule = rules.content.get("join_rule", "invite") if rules is not None else "invite"
    return rule if isinstance(rule, str) else ""
