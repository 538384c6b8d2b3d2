"""What people may ask of a room, beyond the authorisation rules of its version. Pure."""

from collections.abc import Iterable

from chappe.errors import Errcode, Refused
from chappe.events import canonical_json
from chappe.events.canonical_json import MAX_INT
from chappe.events.powers import DEFAULT_LEVELS
from chappe.events.state import AuthState
from chappe.ids import RoomAlias, ServerName, UserID, is_room_alias, is_user_id, server_of

MAX_REASON_CHARS = 2_000
"""Length of the reason given with a membership."""
MAX_ALT_ALIASES = 50
"""Further names a room may show in m.room.canonical_alias."""
MAX_STATE_EVENTS = 20_000
"""State events a room may have, but for memberships. The largest policy lists have about half of that."""
MAX_STATE_BYTES = 8 * 1024 * 1024
"""Their size together, as clients are shown them: a room in use is in memory with all of it."""
GOVERNING_TYPES = frozenset(
    {
        "m.room.encryption",
        "m.room.guest_access",
        "m.room.history_visibility",
        "m.room.join_rules",
        "m.room.power_levels",
        "m.room.server_acl",
        "m.room.tombstone",
    }
)
"""State by which a room is governed, one event a type: it can be set also when a room is full."""

CANONICAL_ALIAS = "m.room.canonical_alias"


def same_json(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two contents are the same as JSON, where `true` is not 1."""
    return canonical_json.encode(one) == canonical_json.encode(other)


def require_local_user(user_id: UserID, server: ServerName) -> None:
    """Refuse people of other servers: they could not be told."""
    if server_of(user_id) != server:
        raise Refused(
            Errcode.FORBIDDEN,
            f"{user_id} is on another server, and this one does not talk to other servers yet. "
            f"People here have user IDs that end in :{server}.",
        )


def require_local_alias(alias: RoomAlias, server: ServerName) -> None:
    """Refuse to keep aliases of other servers."""
    if server_of(alias) != server:
        raise Refused(Errcode.INVALID_PARAM, f"Room aliases made here end in :{server}.")


def require_reason_size(reason: str | None) -> None:
    """Refuse a reason that is a novel."""
    if reason is not None and len(reason) > MAX_REASON_CHARS:
        raise Refused(Errcode.INVALID_PARAM, f"reason has at most {MAX_REASON_CHARS} characters.")


def require_state_fits(event_type: str, state_key: str, number: int, size: int) -> None:
    """Refuse state that grows beyond what a room may have: `number` events of `size` bytes together."""
    if event_type in GOVERNING_TYPES and state_key == "":
        return
    if number > MAX_STATE_EVENTS or size > MAX_STATE_BYTES:
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED,
            f"This room's state is full: it may have {MAX_STATE_EVENTS} state events of {MAX_STATE_BYTES} bytes "
            "in all, without memberships. Set some that are no longer needed to {}.",
        )


def require_guest_may_join(room: AuthState) -> None:
    """Refuse guests where m.room.guest_access does not say `can_join` (spec: "Guest Access")."""
    if not guests_may_join(room):
        raise Refused(Errcode.GUEST_ACCESS_FORBIDDEN, "This room does not take guests. Make an account to join it.")


def guests_may_join(room: AuthState) -> bool:
    """Whether m.room.guest_access lets guests in."""
    access = room.get("m.room.guest_access", "")
    return access is not None and access.content.get("guest_access") == "can_join"


def require_sound_member(content: dict[str, object]) -> None:
    """Refuse a membership event by a client that would mislead other clients, or the rules."""
    for key in ("displayname", "avatar_url", "reason"):
        value = content.get(key)
        if value is not None and not isinstance(value, str):
            raise Refused(Errcode.BAD_JSON, f"{key} is not a text.")
    if "third_party_invite" in content:
        raise Refused(Errcode.FORBIDDEN, "This server does not redeem third-party invites yet.")


def require_sound_power_levels(content: dict[str, object]) -> None:
    """Refuse power levels of the wrong shape, in every room version, by name of the field.

    The rules of versions before 10 let through levels written as text; new ones are not made.
    """
    for key in DEFAULT_LEVELS:
        if key in content:
            _require_level(content[key], key)
    for key in ("events", "users", "notifications"):
        table = content.get(key, {})
        if not isinstance(table, dict):
            raise Refused(Errcode.BAD_JSON, f"{key} is not an object of power levels.")
        for name, value in table.items():
            if key == "users" and not is_user_id(name):
                raise Refused(Errcode.BAD_JSON, "users has a key that is not a user ID.")
            _require_level(value, f"{key}.{name[:100]}")


def _require_level(value: object, where: str) -> None:
    if type(value) is not int or not -MAX_INT <= value <= MAX_INT:
        raise Refused(Errcode.BAD_JSON, f"{where} is not a whole number between -(2^53) + 1 and 2^53 - 1.")


def require_same_encryption(room: AuthState, content: dict[str, object]) -> None:
    """Refuse to end or change a room's encryption: people rely on it (m.room.encryption)."""
    before = room.get("m.room.encryption", "")
    algorithm = before.content.get("algorithm") if before is not None else None
    if isinstance(algorithm, str) and content.get("algorithm") != algorithm:
        raise Refused(Errcode.FORBIDDEN, "Encryption cannot be switched off or weakened once a room has it.")
    if not isinstance(content.get("algorithm"), str):
        raise Refused(Errcode.BAD_JSON, "m.room.encryption needs an algorithm.")


def added_aliases(room: AuthState, content: dict[str, object]) -> list[RoomAlias]:
    """The aliases that an m.room.canonical_alias event adds, each well-formed; refused (INVALID_PARAM) if not."""
    before = room.get(CANONICAL_ALIAS, "")
    old = {alias for alias in _named(before.content) if isinstance(alias, str)} if before is not None else set()
    more = content.get("alt_aliases")
    if more is not None and (not isinstance(more, list) or len(more) > MAX_ALT_ALIASES):
        raise Refused(Errcode.INVALID_PARAM, f"alt_aliases is not a list of at most {MAX_ALT_ALIASES} room aliases.")
    added = [alias for alias in _named(content) if not (isinstance(alias, str) and alias in old)]
    for alias in added:
        if not is_room_alias(alias):
            raise Refused(Errcode.INVALID_PARAM, f"{str(alias)[:255]} is not a room alias. It looks like #name:server.")
    return [RoomAlias(str(alias)) for alias in added]


def _named(content: dict[str, object]) -> Iterable[object]:
    """What stands where aliases should."""
    if content.get("alias"):
        yield content["alias"]
    more = content.get("alt_aliases")
    if isinstance(more, list):
        yield from more


def without_alias(content: dict[str, object], alias: RoomAlias) -> dict[str, object]:
    """An m.room.canonical_alias content that no longer names `alias`."""
    left = {key: value for key, value in content.items() if not (key == "alias" and value == alias)}
    more = left.get("alt_aliases")
    if isinstance(more, list):
        left["alt_aliases"] = [one for one in more if one != alias]
    return left
