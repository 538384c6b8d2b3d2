"""What of a room goes into the one that replaces it, and what the old one becomes (v1.19, "Room upgrades"). Pure."""

from collections.abc import Iterable
from typing import get_args

from chappe.errors import Errcode, Refused
from chappe.events.powers import Action, is_creator, level, power_for, power_of, power_to_send
from chappe.events.state import AuthState, StateEvent
from chappe.events.versions import RoomVersion
from chappe.ids import EventID, RoomID, UserID, is_room_id
from chappe.rooms.presets import Content, InitialState
from chappe.rooms.rules import CANONICAL_ALIAS

TOMBSTONE = "m.room.tombstone"
POWER_LEVELS = "m.room.power_levels"
CREATOR_LEVEL = 100
"""The level of who upgrades a room whose creators needed none into a version in which they do."""
MAX_CHILDREN = 1_000
"""Rooms of a space that its replacement has from the beginning; others are added there by people."""

_MOVED = (
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.guest_access",
    "m.room.history_visibility",
    CANONICAL_ALIAS,
)
"""State that is copied as it is; join rules and power levels are looked at, memberships but bans stay behind."""
_ACTIONS: tuple[Action, ...] = get_args(Action)
_QUIETED: tuple[Action, ...] = ("events_default", "invite")
_ALWAYS_THERE = frozenset({"public", "invite"})


def require_may_upgrade(room: AuthState, user_id: UserID) -> None:
    """Refuse whoever may not set the tombstone."""
    if power_of(room.version, room, user_id) < power_to_send(room, TOMBSTONE, is_state=True):
        raise Refused(Errcode.FORBIDDEN, f"Who may set {TOMBSTONE} in this room may upgrade it, and you may not.")


def creation_content(create: StateEvent, old: RoomID, last_event_id: EventID, more: list[str] | None) -> Content:
    """What the new room's m.room.create says besides version and creator; `more` are additional creators."""
    content: Content = {"predecessor": {"room_id": old, "event_id": last_event_id}}
    content |= {key: create.content[key] for key in ("type", "m.federate") if key in create.content}
    if more is not None:
        content["additional_creators"] = more
    return content


def moved_state(state: Iterable[StateEvent], version: RoomVersion, *, is_space: bool) -> list[InitialState]:
    """The state that is copied into a room of this version, but for power levels."""
    moved: list[InitialState] = []
    children = 0
    for event in state:
        if event.type == "m.space.child" and is_space and is_room_id(event.state_key) and event.content.get("via"):
            children += 1
            if children <= MAX_CHILDREN:
                moved.append(InitialState(event.type, event.content, event.state_key))
        elif event.state_key == "" and event.type in _MOVED:
            moved.append(InitialState(event.type, event.content))
        elif event.state_key == "" and event.type == "m.room.join_rules":
            known = _knows_join_rule(version, event.content.get("join_rule"))
            moved.append(InitialState(event.type, event.content if known else {"join_rule": "invite"}))
    return moved


def moved_levels(room: AuthState, version: RoomVersion, upgrader: UserID, creators: Iterable[str]) -> Content:
    """The power levels of the new room: those of the old one, as the new version writes them."""
    event = room.get(POWER_LEVELS, "")
    old: Content = event.content if event is not None else {}
    content: Content = {
        key: value for key, value in old.items() if key not in _ACTIONS and key not in ("users", "events")
    }
    content |= {key: power_for(room, key) for key in _ACTIONS if key in old}
    for table in ("events", "users", "notifications"):
        content[table] = _levels(room.version, old.get(table))
    users = _levels(room.version, old.get("users"))
    if version.privileged_creators:
        for creator in (upgrader, *creators):
            users.pop(creator, None)
    elif room.create is not None and is_creator(room.version, room.create, upgrader):
        users[upgrader] = max(users.get(upgrader, CREATOR_LEVEL), CREATOR_LEVEL)
    content["users"] = users
    return content


def quiet_levels(room: AuthState) -> Content | None:
    """The power levels of a room that nobody is to go on with; None if they are so already."""
    event = room.get(POWER_LEVELS, "")
    old: Content = event.content if event is not None else {}
    quiet = max(50, power_for(room, "users_default") + 1)
    changed: Content = {key: quiet for key in _QUIETED if power_for(room, key) < quiet}
    return {**old, **changed} if changed else None


def _knows_join_rule(version: RoomVersion, rule: object) -> bool:
    match rule:
        case "knock":
            return version.knock
        case "restricted":
            return version.restricted
        case "knock_restricted":
            return version.knock_restricted
    return rule in _ALWAYS_THERE


def _levels(version: RoomVersion, table: object) -> dict[str, int]:
    """The entries of a table that mean a level, as numbers."""
    items = table.items() if isinstance(table, dict) else ()
    return {key: found for key, value in items if (found := level(version, value)) is not None}
