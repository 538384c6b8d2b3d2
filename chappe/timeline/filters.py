"""Which events a client wants: `EventFilter` for one list of events, `SyncFilter` for a whole /sync.

Client-Server API v1.19, "Filtering". Pure. A filter is checked when it is used; unknown keys are ignored,
so that clients of tomorrow are understood as far as possible.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Self, TypeVar

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID
from chappe.rooms import StoredEvent
from chappe.timeline.event_fields import EventFields

DEFAULT_SYNC_LIMIT = 20
"""Events of a room that /sync tells of when the filter does not say."""
MAX_TIMELINE_LIMIT = 100
"""Events of a room that /sync tells of at most; further ones are a page of /messages away."""
DEFAULT_MESSAGES_LIMIT = 10
MAX_MESSAGES_LIMIT = 1_000
"""Events in a page of /messages or /context."""
MAX_NAMES = 1_000
"""Names in one list of a filter: a person's own rooms fit in."""
MAX_NAME_CHARS = 255
MAX_PATTERNS = 50
"""Names with a `*` in one list; each is tried on every event."""
MAX_REMEMBERED_TYPES = 256

T = TypeVar("T")
Names = tuple[str, ...]


class EventFilter(msgspec.Struct, frozen=True, dict=True):
    """What is wanted of one list of events. A list that is None lets everything through.

    `limit` is as the client gave it; where the filter is used it is cut to the maximum there.
    """

    limit: int | None = None
    types: Names | None = None
    not_types: Names = ()
    senders: Names | None = None
    not_senders: Names = ()
    rooms: Names | None = None
    not_rooms: Names = ()
    contains_url: bool | None = None
    lazy_load_members: bool = False
    include_redundant_members: bool = False
    unread_thread_notifications: bool = False

    @classmethod
    def parse(cls, given: object, where: str = "filter") -> "EventFilter":
        """The filter, from JSON already decoded. Refuses (INVALID_PARAM) and names the wrong key below `where`."""
        if given is None or given == {}:
            return EVERYTHING
        keys = Keys(given, where)
        return cls(
            limit=keys.get("limit", _limit),
            types=keys.get("types", _names),
            not_types=keys.get("not_types", _names) or (),
            senders=keys.get("senders", _names),
            not_senders=keys.get("not_senders", _names) or (),
            rooms=keys.get("rooms", _names),
            not_rooms=keys.get("not_rooms", _names) or (),
            contains_url=keys.get("contains_url", _flag),
            lazy_load_members=keys.get("lazy_load_members", _flag) or False,
            include_redundant_members=keys.get("include_redundant_members", _flag) or False,
            unread_thread_notifications=keys.get("unread_thread_notifications", _flag) or False,
        )

    def matches(self, event: StoredEvent) -> bool:
        """Whether the client wants this event. Decodes it only for `contains_url`."""
        if not self.wants(event.type, event.sender, event.room_id):
            return False
        if self.contains_url is None:
            return True
        # Most events do not have these bytes anywhere, and need not be decoded to know it.
        return self.contains_url is (b'"url":' in event.client_json and "url" in event.content)

    def wants(self, type: str, sender: str | None = None, room_id: str | None = None) -> bool:
        """The same for something that is no event of a room's history: account data, receipts, typing."""
        if room_id is not None and not self.wants_room(room_id):
            return False
        if sender is not None and (
            sender in self._excluded_senders or (self._senders is not None and sender not in self._senders)
        ):
            return False
        return self._wants_type(type)

    def wants_room(self, room_id: str) -> bool:
        """Whether events of this room are wanted."""
        return room_id not in self._excluded_rooms and (self._rooms is None or room_id in self._rooms)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it lets every event through."""
        leaves_out = self.not_types or self.not_senders or self.not_rooms
        narrows = (self.types, self.senders, self.rooms, self.contains_url) != (None, None, None, None)
        return not (leaves_out or narrows)

    @cached_property
    def key(self) -> bytes:
        """The same for filters that ask for the same; for caches."""
        return blake2b(msgspec.msgpack.encode(self), digest_size=16).digest()

    @cached_property
    def _wants_type(self) -> Callable[[str], bool]:
        wanted = _matcher(self.types) if self.types is not None else None
        excluded = _matcher(self.not_types)

        def decide(type: str) -> bool:
            return not excluded(type) and (wanted is None or wanted(type))

        return lru_cache(MAX_REMEMBERED_TYPES)(decide)

    @cached_property
    def _senders(self) -> frozenset[str] | None:
        return frozenset(self.senders) if self.senders is not None else None

    @cached_property
    def _excluded_senders(self) -> frozenset[str]:
        return frozenset(self.not_senders)

    @cached_property
    def _rooms(self) -> frozenset[str] | None:
        return frozenset(self.rooms) if self.rooms is not None else None

    @cached_property
    def _excluded_rooms(self) -> frozenset[str]:
        return frozenset(self.not_rooms)


EVERYTHING = EventFilter()
"""The filter that a client gives by giving none."""


class SyncFilter(msgspec.Struct, frozen=True):
    """What is wanted of a /sync: `timeline`, `state`, `ephemeral` and `room_account_data` of the rooms in `rooms`."""

    presence: EventFilter = EVERYTHING
    account_data: EventFilter = EVERYTHING
    rooms: EventFilter = EVERYTHING
    """Only its `rooms` and `not_rooms` mean something."""
    include_leave: bool = False
    timeline: EventFilter = EVERYTHING
    state: EventFilter = EVERYTHING
    ephemeral: EventFilter = EVERYTHING
    room_account_data: EventFilter = EVERYTHING
    event_fields: EventFields | None = None
    """None asks for whole events."""

    @classmethod
    def parse(cls, given: object, where: str = "filter") -> Self:
        """The filter, from JSON already decoded. Refuses (INVALID_PARAM) and names the wrong key below `where`."""
        keys = Keys(given, where)
        keys.get("event_format", _event_format)
        room = Keys(keys.get("room", _object) or {}, f"{where}.room")
        return cls(
            presence=keys.get("presence", EventFilter.parse) or EVERYTHING,
            account_data=keys.get("account_data", EventFilter.parse) or EVERYTHING,
            rooms=EventFilter(rooms=room.get("rooms", _names), not_rooms=room.get("not_rooms", _names) or ()),
            include_leave=room.get("include_leave", _flag) or False,
            timeline=room.get("timeline", EventFilter.parse) or EVERYTHING,
            state=room.get("state", EventFilter.parse) or EVERYTHING,
            ephemeral=room.get("ephemeral", EventFilter.parse) or EVERYTHING,
            room_account_data=room.get("account_data", EventFilter.parse) or EVERYTHING,
            event_fields=keys.get("event_fields", EventFields.parse),
        )

    @property
    def timeline_limit(self) -> int:
        """How many events of each room are told."""
        return limit_within(self.timeline.limit, DEFAULT_SYNC_LIMIT, MAX_TIMELINE_LIMIT)

    def wants_room(self, room_id: RoomID) -> bool:
        """Whether anything of this room is wanted."""
        return self.rooms.wants_room(room_id)

    def wants_account_data(self, type: str) -> bool:
        """Whether this account data outside rooms is wanted."""
        return self.account_data.wants(type)


def limit_within(asked: int | None, default: int, most: int) -> int:
    """The limit that holds when a client asks for `asked`. Too many is no mistake: it gets fewer."""
    return default if asked is None else min(max(asked, 0), most)


class Keys:
    """The keys of a JSON object, each read by a function that refuses what it must not be."""

    def __init__(self, given: object, where: str) -> None:
        if not isinstance(given, dict):
            raise _wrong(where, "an object")
        self._given = given
        self._where = where

    def get(self, name: str, read: Callable[[object, str], T]) -> T | None:
        """The value of a key; None if it is missing or null."""
        value = self._given.get(name)
        return read(value, f"{self._where}.{name}") if value is not None else None


def _limit(value: object, where: str) -> int:
    if type(value) is not int or value < 0:
        raise _wrong(where, "a number from 0 up")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, "true or false")
    return value


def _object(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _wrong(where, "an object")
    return value


def _names(value: object, where: str) -> Names:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(where, "a list of text")
    if len(value) > MAX_NAMES or any(len(one) > MAX_NAME_CHARS for one in value):
        raise _wrong(where, f"a list of at most {MAX_NAMES} names of at most {MAX_NAME_CHARS} characters")
    if sum("*" in one for one in value) > MAX_PATTERNS:
        raise _wrong(where, f"a list with at most {MAX_PATTERNS} names that have a *")
    return tuple(sorted(set(value)))


def _event_format(value: object, where: str) -> None:
    if value == "federation":
        raise Refused(Errcode.INVALID_PARAM, f"{where}: this server gives events in the format for clients only.")
    if value != "client":
        raise _wrong(where, '"client"')


def _wrong(where: str, wanted: str) -> Refused:
    return Refused(Errcode.INVALID_PARAM, f"{where} is not {wanted}.")


def _matcher(names: Names) -> Callable[[str], bool]:
    """Whether one of the names, in which `*` stands for any characters, is the text."""
    exact = frozenset(name for name in names if "*" not in name)
    patterns = [name.split("*") for name in names if "*" in name]
    return lambda text: text in exact or any(_fits(parts, text) for parts in patterns)


def _fits(parts: list[str], text: str) -> bool:
    """Whether the text is the parts in their order, with anything between them. Never goes back over the text."""
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
