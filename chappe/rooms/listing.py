"""A room as the directory shows it (Client-Server API v1.19, "Published room directory"). Pure."""

import unicodedata

from chappe.events.powers import join_rule_of
from chappe.events.state import AuthState
from chappe.events.visibility import visibility_in, world_readable
from chappe.ids import RoomID
from chappe.rooms.rules import guests_may_join

MAX_SEARCH_CHARS = 2_000
"""How much of name, topic and alias is searched."""

LISTED_TYPES = (
    "m.room.create",
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.canonical_alias",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
)
"""The state that an entry is made of."""

_TEXTS = (
    ("canonical_alias", "m.room.canonical_alias", "alias"),
    ("name", "m.room.name", "name"),
    ("topic", "m.room.topic", "topic"),
    ("avatar_url", "m.room.avatar", "url"),
)


def fold(text: str) -> str:
    """A text for comparing without regard to case and form."""
    return unicodedata.normalize("NFKC", text).casefold()


def entry_of(room_id: RoomID, state: AuthState, joined: int) -> dict[str, object]:
    """The entry. Texts that are not set, or are no texts, are left out."""
    entry: dict[str, object] = {
        "room_id": room_id,
        "num_joined_members": joined,
        "world_readable": is_world_readable(state),
        "guest_can_join": guests_may_join(state),
        "join_rule": join_rule_of(state),
    }
    for name, event_type, key in _TEXTS:
        value = _text(state, event_type, key)
        if value:
            entry[name] = value
    room_type = _text(state, "m.room.create", "type")
    if room_type is not None:
        entry["room_type"] = room_type
    return entry


def search_text(entry: dict[str, object]) -> str:
    """What a search term is looked for in."""
    return fold("\n".join(str(entry[key]) for key in ("name", "canonical_alias", "topic") if key in entry))[
        :MAX_SEARCH_CHARS
    ]


def is_world_readable(state: AuthState) -> bool:
    """Whether people outside may read the room."""
    event = state.get("m.room.history_visibility", "")
    return world_readable(visibility_in(event.content if event is not None else None))


def is_open(state: AuthState) -> bool:
    """Whether everybody may come in or look in, so that its members may be found by everybody."""
    return join_rule_of(state) == "public" or is_world_readable(state)


def _text(state: AuthState, event_type: str, key: str) -> str | None:
    event = state.get(event_type, "")
    value = event.content.get(key) if event is not None else None
    return value if isinstance(value, str) and "\0" not in value else None
