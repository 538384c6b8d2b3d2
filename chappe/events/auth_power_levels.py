"""The authorisation rules for m.room.power_levels: nobody gives, or takes, more power than they have.

Matrix: "Room versions", "Authorisation rules", rule 9 (rule 10 in version 12). The numbers in comments are
those of version 11. Before version 10 the specification leaves open what a level that is no number means;
such an event is refused here, since no comparison could be made with it.
"""

from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import MAX_INT
from chappe.events.powers import DEFAULT_LEVELS, is_creator, level
from chappe.events.state import AuthState, Candidate, StateEvent
from chappe.events.versions import RoomVersion
from chappe.ids import is_user_id

_TABLES = ("events", "notifications")


def authorise_power_levels(
    version: RoomVersion, event: Candidate, state: AuthState, create: StateEvent, power: int
) -> None:
    """Refuse (FORBIDDEN) levels that are malformed or beyond `power`, which is the sender's own."""
    new = event.content
    singles = _singles(version, new)  # rule 9.1
    tables = {name: _table(version, new, name) for name in _TABLES}  # rule 9.2
    users = _table(version, new, "users")  # rule 9.3
    for user_id in users:
        if not is_user_id(user_id):
            raise _no("users has a key that is not a user ID.")
        if version.privileged_creators and is_creator(version, create, user_id):
            raise _no("users may not name a creator of the room, whose power has no limit.")  # version 12: rule 10.4
    before = state.get("m.room.power_levels", "")
    if before is None:
        return  # rule 9.4
    old = before.content
    _require_within(power, _read(version, {name: old.get(name) for name in DEFAULT_LEVELS}), singles)  # rule 9.5
    for name in _TABLES:
        _require_within(power, _read(version, old.get(name)), tables[name])  # rules 9.6 and 9.7
    _require_users_within(power, event.sender, _read(version, old.get("users")), users)


def _singles(version: RoomVersion, content: dict[str, object]) -> dict[str, int]:
    return {name: _require_level(version, content[name], name) for name in DEFAULT_LEVELS if name in content}


def _table(version: RoomVersion, content: dict[str, object], name: str) -> dict[str, int]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _no(f"{name} is not an object of power levels.")
    return {key: _require_level(version, value, f"An entry of {name}") for key, value in table.items()}


def _require_level(version: RoomVersion, value: object, where: str) -> int:
    found = level(version, value)
    if found is None:
        raise _no(f"{where} is not a whole number.")
    return found


def _read(version: RoomVersion, table: object) -> dict[str, int]:
    """The levels in what the room has now, without entries that are none."""
    items = table.items() if isinstance(table, dict) else ()
    return {key: found for key, value in items if (found := level(version, value)) is not None}


def _require_within(power: int, old: dict[str, int], new: dict[str, int]) -> None:
    """No entry is added, changed or removed whose old or new level is above `power`."""
    for key in old.keys() | new.keys():
        was, becomes = old.get(key), new.get(key)
        if was != becomes and max(_or_lowest(was), _or_lowest(becomes)) > power:
            raise _no(f"You may not change a level above your own ({power}).")


def _require_users_within(power: int, sender: str, old: dict[str, int], new: dict[str, int]) -> None:
    """Rules 9.8 and 9.9: others' levels are changed from below one's own, and up to it."""
    for user_id in old.keys() | new.keys():
        was, becomes = old.get(user_id), new.get(user_id)
        if was == becomes:
            continue
        if user_id != sender and _or_lowest(was) >= power:
            raise _no("You may not change the level of a user who has your own or more.")  # rule 9.8
        if _or_lowest(becomes) > power:
            raise _no(f"You may not give a level above your own ({power}).")  # rule 9.9


def _or_lowest(found: int | None) -> int:
    return -MAX_INT - 1 if found is None else found


def _no(reason: str) -> Refused:
    return Refused(Errcode.FORBIDDEN, reason)
