"""The room state as the rules need it: read-only, and cheap to keep in memory."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from chappe.events.versions import RoomVersion
from chappe.ids import EventID, RoomID, UserID


class StateEvent(msgspec.Struct, frozen=True):
    """A state event, with only what the rules look at."""

    event_id: EventID
    type: str
    state_key: str
    sender: UserID
    content: dict[str, object]


class AuthState(Protocol):
    """The state of a room before the event that is judged."""

    @property
    def version(self) -> RoomVersion:
        """The room's version."""

    @property
    def create(self) -> StateEvent | None:
        """The room's m.room.create event; None before there is one."""

    def get(self, type: str, state_key: str) -> StateEvent | None:
        """The current state event of that type and state key."""


class Candidate(Protocol):
    """An event that is judged: a `Draft`, or an `Event` already built."""

    @property
    def type(self) -> str:
        """The event type."""

    @property
    def sender(self) -> UserID:
        """Who sends it."""

    @property
    def state_key(self) -> str | None:
        """The state key; None makes it a message event."""

    @property
    def content(self) -> dict[str, object]:
        """The content, as in the federation format."""

    @property
    def room_id(self) -> RoomID | None:
        """The room; None only for the create event of version 12, which has none yet."""

    @property
    def prev_events(self) -> Sequence[EventID]:
        """The events right before it; none for a create event."""


class Draft(msgspec.Struct, frozen=True):
    """An event before it is built, so that a refusal costs no signature.

    `room_id` is None for the create event of version 12.
    """

    type: str
    sender: UserID
    state_key: str | None
    content: dict[str, object]
    room_id: RoomID | None
    prev_events: tuple[EventID, ...]
