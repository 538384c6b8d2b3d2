"""What a test itself knows: every request it sent, what it was answered, and all that readers were shown.

It lives in the memory of the test's process, which outlives every kill of the server.
Times are seconds of the test's own monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from tests.chaos.findings import Finding, Wrong


class Kind(Enum):
    """What a request asked for, as far as it matters to what must be found afterwards."""

    MESSAGE = "message"
    REDACTION = "redaction"
    STATE = "state"
    MEMBERSHIP = "membership"
    ACCOUNT_DATA = "account data"
    RECEIPT = "receipt"
    ROOM = "new room"

    @property
    def makes_event(self) -> bool:
        """Whether it puts an event into a room that is there already."""
        return self not in (Kind.ACCOUNT_DATA, Kind.RECEIPT, Kind.ROOM)


@dataclass(slots=True)
class Attempt:
    """A request as it went out once. Without a status there was no answer: it may have been done, or not."""

    sent_at: float
    answered_at: float | None = None
    status: int | None = None
    event_id: str | None = None
    reason: str = ""


@dataclass(slots=True)
class Write:
    """Something a person asked for, once or again and again with the same transaction ID.

    `mark` is written into what is stored, so that it is known again also if no answer came.
    `key` is what is set, for that which has a last value, and `value` what it is set to.
    """

    mark: str
    kind: Kind
    sender: str
    room_id: str = ""
    key: tuple[str, ...] = ()
    value: str = ""
    target: str = ""
    """The event that a redaction empties."""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledged_at(self) -> float | None:
        """When it was first answered with success; None if it never was."""
        return next((a.answered_at for a in self.attempts if a.status == 200), None)

    @property
    def event_ids(self) -> list[str]:
        """The event ids it was answered with, in order, without repetition."""
        return list(dict.fromkeys(a.event_id for a in self.attempts if a.event_id is not None))

    @property
    def is_refused(self) -> bool:
        """Whether every answer said no, and each request had one: then nothing of it may be stored."""
        return bool(self.attempts) and all(a.status not in (None, 200) for a in self.attempts)


@dataclass(slots=True)
class Section:
    """A room in an answer to /sync. `event_ids` are in the order shown, with what paging back has filled in."""

    event_ids: list[str]
    is_limited: bool
    """Whether events before these were left out, and could not be filled in."""


@dataclass(slots=True)
class Look:
    """One answer to /sync, `since` the token before it."""

    asked_at: float
    since: str | None
    rooms: dict[str, Section]


@dataclass(slots=True)
class Page:
    """One answer to /messages without `from`: the last events of a room, newest first."""

    asked_at: float
    room_id: str
    event_ids: list[str]


@dataclass(slots=True)
class Reader:
    """Someone who is in the rooms from before the load to the end of it, on one device."""

    user_id: str
    name: str
    looks: list[Look] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    account_data: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The last value that /sync told, by key."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is found at the end. `mark` is None where the sender gave none, or it was redacted."""

    event_id: str
    type: str
    state_key: str | None
    sender: str
    mark: str | None
    is_redacted: bool


@dataclass(slots=True)
class History:
    """All of a room at the end, oldest first. `before` is how many of its events are older than the load."""

    room_id: str
    events: list[Event]
    before: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of reading gives for a key: `door` names the way, None means nothing is there."""

    door: str
    key: tuple[str, ...]
    value: str | None


@dataclass(slots=True)
class Record:
    """Everything that was asked and shown, and what was found at the end."""

    writes: list[Write] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    """What was wrong at once, without having to know the end."""

    def remark(self, wrong: Wrong, sentence: str) -> None:
        """Note what is wrong whatever the end will be."""
        self.remarks.append(Finding(wrong, sentence))

    def acknowledged(self) -> Iterable[Write]:
        """The writes that were answered with success."""
        return (write for write in self.writes if write.acknowledged_at is not None)

    def forget(self) -> None:
        """Let go of it all: it was checked."""
        for everything in (self.writes, self.readers, self.histories, self.found, self.remarks):
            everything.clear()

    def summary(self) -> str:
        """One line about how much was tried."""
        attempts = sum(len(write.attempts) for write in self.writes)
        unanswered = sum(a.status is None for write in self.writes for a in write.attempts)
        unknown = {w.mark for w in self.writes if w.acknowledged_at is None and not w.is_refused}
        stored = unknown & {event.mark for history in self.histories for event in history.events}
        shown = sum(len(s.event_ids) for r in self.readers for look in r.looks for s in look.rooms.values())
        return (
            f"{len(self.writes)} writes in {attempts} requests, {unanswered} of them without an answer; {len(unknown)} "
            f"writes of unknown outcome, {len(stored)} of them stored; {shown} events shown to readers"
        )
