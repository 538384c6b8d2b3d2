"""What a restriction is. Pure: whoever decides makes one, and every slice reads it."""

import re
from enum import Enum

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import is_event_id, is_room_id, is_user_id
from chappe.stream.shards import REGISTER, Shard, shard_of

MAX_ID_CHARS = 255
"""Of a restriction, a decision and a reason code."""
MAX_TERRITORIES = 250
"""ISO 3166-1 has 249."""
MAX_TOLD_CHARS = 2_000
"""Each text that people are told with it: an authority, a reference, a link."""
TOLD = frozenset({"authority", "law", "reference", "contest"})
"""What may be told: who ordered it, under which provision, by which number, and where to contest it."""

_TERRITORY = re.compile(r"[A-Z]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MXC = re.compile(r"mxc://[^/\s]{1,230}/[A-Za-z0-9_-]{1,255}")


class Kind(Enum):
    """What is restricted."""

    EVENT = "event"
    ROOM = "room"
    ACCOUNT = "account"
    MEDIA = "media"


class Measure(Enum):
    """What a restriction does."""

    REMOVED = "removed"
    """Of an event: nobody it applies to reads it."""
    WITHHELD = "withheld"
    """The same for a country, of an event or a whole room."""
    DEMOTED = "demoted"
    """Of an event: it stays where it is, and is neither found by search nor notified of."""
    DELISTED = "delisted"
    """Of a room: in no directory and no space."""
    FROZEN = "frozen"
    """Of a room: it is read, and nobody writes or comes in; one may leave."""
    CLOSED = "closed"
    """Of a room: nobody reads or writes; one may leave, and forget it."""
    LIMITED = "limited"
    """Of an account: it makes no rooms, invites nobody, knocks nowhere, and does less in the same time."""
    SUSPENDED = "suspended"
    """Of an account: its owner reads, and takes no part."""
    LOCKED = "locked"
    """Of an account: it cannot be used; its logins stay."""
    TERMINATED = "terminated"
    """Of an account: its logins are refused, and there is no new one; everything of it stays as it is."""
    BLOCKED = "blocked"
    """Of media: nobody it applies to is given the bytes."""


MEASURES: dict[Kind, frozenset[Measure]] = {
    Kind.EVENT: frozenset({Measure.REMOVED, Measure.WITHHELD, Measure.DEMOTED}),
    Kind.ROOM: frozenset({Measure.DELISTED, Measure.FROZEN, Measure.CLOSED, Measure.WITHHELD}),
    Kind.ACCOUNT: frozenset({Measure.LIMITED, Measure.SUSPENDED, Measure.LOCKED, Measure.TERMINATED}),
    Kind.MEDIA: frozenset({Measure.BLOCKED}),
}
"""Which measures there are for what."""

HIDING = frozenset({Measure.REMOVED, Measure.WITHHELD, Measure.CLOSED, Measure.BLOCKED})
"""The measures by which something is not read."""


class Ground(Enum):
    """On what a restriction rests: the law, the terms of this server, or an authority's order."""

    LAW = "law"
    TERMS = "terms"
    ORDER = "order"


class Restriction(msgspec.Struct, frozen=True, kw_only=True):
    """One measure on one thing, by one decision. Times are milliseconds since 1970.

    `id` is given by whoever decides, and is the subject's own: the same again is the same restriction. `within` is an
    event's room. `territories` are countries (ISO 3166-1 alpha-2), none of them for everywhere; accounts are
    restricted everywhere. `told` is what people are told besides, see `TOLD`.
    """

    id: str
    kind: Kind
    subject: str
    measure: Measure
    decision: str
    ground: Ground
    reason_code: str
    since: int
    until: int | None = None
    within: str = ""
    territories: tuple[str, ...] = ()
    told: dict[str, str] = {}

    @property
    def room_id(self) -> str:
        """The room that it is about, or ""."""
        return self.subject if self.kind is Kind.ROOM else self.within

    @property
    def home(self) -> Shard:
        """The shard that it is stored in."""
        return home_of(self.kind, self.subject, self.within)

    def holds_in(self, territory: str | None) -> bool:
        """Whether it holds for somebody in a country; where that is unknown, the stricter is taken (R127)."""
        return not self.territories or territory is None or territory in self.territories


def home_of(kind: Kind, subject: str, within: str) -> Shard:
    """The shard that restrictions of a subject are stored in: its room's, or the register."""
    room_id = subject if kind is Kind.ROOM else within
    return shard_of(room_id) if room_id else REGISTER


def require_sound(restriction: Restriction) -> None:
    """Refuse (INVALID_PARAM) what could not be obeyed: a decision is refused with it, before anything is stored."""
    if wrong := _wrong_with(restriction):
        raise Refused(Errcode.INVALID_PARAM, f"This restriction cannot be imposed: {wrong}.")


def _wrong_with(r: Restriction) -> str | None:
    for name, text in (("id", r.id), ("decision", r.decision), ("reason_code", r.reason_code)):
        if not 0 < len(text) <= MAX_ID_CHARS or "\0" in text:
            return f"{name} has 1 to {MAX_ID_CHARS} characters"
    if r.measure not in MEASURES[r.kind]:
        return f"there is no measure {r.measure.value} for {r.kind.value}"
    if not _is_subject(r):
        return f"subject is not the id of {r.kind.value}"
    if (r.kind is Kind.EVENT) != bool(r.within) or (r.within and not is_room_id(r.within)):
        return "within is the room of an event, and of nothing else"
    if len(r.territories) > MAX_TERRITORIES or not all(_TERRITORY.fullmatch(one) for one in r.territories):
        return "territories are country codes of two capital letters"
    if r.territories and r.kind is Kind.ACCOUNT:
        return "an account is restricted everywhere"
    if r.until is not None and r.until <= r.since:
        return "it ends before it begins"
    if not set(r.told) <= TOLD or any(len(text) > MAX_TOLD_CHARS for text in r.told.values()):
        return f"told has {', '.join(sorted(TOLD))}, of at most {MAX_TOLD_CHARS} characters each"
    return None


def _is_subject(r: Restriction) -> bool:
    match r.kind:
        case Kind.EVENT:
            return is_event_id(r.subject)
        case Kind.ROOM:
            return is_room_id(r.subject)
        case Kind.ACCOUNT:
            return is_user_id(r.subject)
        case Kind.MEDIA:
            return _SHA256.fullmatch(r.subject) is not None or _MXC.fullmatch(r.subject) is not None
