"""What a search asks for. Pure.

Client-Server API v1.19, "POST /search".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from chappe.errors import Errcode, Refused
from chappe.search.said import KEYS
from chappe.search.words import wanted_words
from chappe.timeline.filters import EventFilter, limit_within

MAX_WANTED = 8
"""Words of a search that are looked for: the longest ones, which are the rarest."""
DEFAULT_LIMIT = 10
MAX_LIMIT = 50
DEFAULT_CONTEXT = 5
MAX_CONTEXT = 10
"""Events told on each side of one that is found."""
MAX_TOKEN_CHARS = 1_000


class ContextWish(msgspec.Struct, frozen=True):
    """What is told around an event."""

    before_limit: int = DEFAULT_CONTEXT
    after_limit: int = DEFAULT_CONTEXT
    include_profile: bool = False


class _Grouping(msgspec.Struct):
    key: str


class _Groupings(msgspec.Struct):
    group_by: list[_Grouping] = []


class RoomEvents(msgspec.Struct):
    """The criteria as a client gives them."""

    search_term: str
    keys: list[str] | None = None
    filter: dict[str, object] | None = None
    order_by: str | None = None
    event_context: ContextWish | None = None
    include_state: bool = False
    groupings: _Groupings = msgspec.field(default_factory=_Groupings)


class _Categories(msgspec.Struct):
    room_events: RoomEvents | None = None


class SearchBody(msgspec.Struct):
    """The body of POST /search."""

    search_categories: _Categories


class SearchQuery(msgspec.Struct):
    """Its query."""

    next_batch: str | None = None


class Behind(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the order of the last event looked at, and the group that it was of."""

    order: tuple[float, int, int]
    passed: int = 0
    """How many messages stood before that."""
    group: str = ""
    value: str = ""


class Wish(msgspec.Struct, frozen=True):
    """What is looked for, checked."""

    words: tuple[str, ...]
    types: frozenset[str]
    filter: EventFilter
    limit: int
    by_rank: bool
    groups: frozenset[str]
    behind: Behind | None


def wish_of(asked: RoomEvents, next_batch: str | None) -> Wish:
    """The wish. Refuses (INVALID_PARAM) what cannot be meant."""
    order = asked.order_by or "rank"
    if order not in ("rank", "recent"):
        raise Refused(Errcode.INVALID_PARAM, "order_by is rank or recent.")
    keys = asked.keys if asked.keys is not None else list(KEYS)
    groups = frozenset(one.key for one in asked.groupings.group_by)
    if not groups <= {"room_id", "sender"}:
        raise Refused(Errcode.INVALID_PARAM, "The key of a grouping is room_id or sender.")
    wanted = EventFilter.parse(asked.filter or {})
    words = sorted(wanted_words(asked.search_term), key=lambda word: (-len(word), word))[:MAX_WANTED]
    types = frozenset(type for key, type in KEYS.items() if key in keys)
    limit = max(1, limit_within(wanted.limit, DEFAULT_LIMIT, MAX_LIMIT))
    behind = _decoded(next_batch) if next_batch else None
    return Wish(tuple(words), types, wanted, limit, order == "rank", groups, behind)


def token_of(behind: Behind) -> str:
    """The `next_batch` with which to go on."""
    return urlsafe_b64encode(msgspec.json.encode(behind)).rstrip(b"=").decode()


def _decoded(token: str) -> Behind:
    try:
        if len(token) > MAX_TOKEN_CHARS:
            raise ValueError
        return msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=Behind)
    except (ValueError, msgspec.MsgspecError):
        raise Refused(Errcode.INVALID_PARAM, "next_batch is none that this server gave.") from None
