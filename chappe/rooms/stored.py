"""An event as it was stored, for everyone who reads."""

import msgspec

from chappe.events.state import StateEvent
from chappe.ids import EventID, RoomID, UserID
from chappe.storage import Row
from chappe.stream import Place


class _Content(msgspec.Struct):
    content: dict[str, object]


_decode_content = msgspec.json.Decoder(_Content).decode


class Head(msgspec.Struct, frozen=True):
    """Who said it and what it is: what an event's JSON holds beside the content."""

    event_id: EventID
    type: str
    sender: UserID
    state_key: str | None = None


_decode_head = msgspec.json.Decoder(Head).decode


class StoredEvent(msgspec.Struct):
    """A committed event. `client_json` is spliced into answers and seldom decoded.

    `replaces` is the place of the state event before it, `redacted_by` that of its redaction;
    `counted` how many events of the room notify its members, this one included. Its id, type, sender and
    state key are read from its JSON when somebody asks for one of them: most events are only passed on.
    """

    place: Place
    room_id: RoomID
    origin_server_ts: int
    counted: int
    replaces: Place | None
    redacted_by: Place | None
    device_id: str | None
    txn_id: str | None
    client_json: bytes
    _head: Head | None = None
    restricted: bytes | None = None
    """Of a placeholder: what is told of the restriction, as JSON."""
    is_demoted: bool = False

    @property
    def is_heard(self) -> bool:
        """Whether search finds it, and people are notified of it: not of what is restricted."""
        return self.restricted is None and not self.is_demoted

    @property
    def head(self) -> Head:
        """Its id, type, sender and state key."""
        head = self._head
        if head is None:
            head = self._head = _decode_head(self.client_json)
        return head

    @property
    def event_id(self) -> EventID:
        """The event's id."""
        return self.head.event_id

    @property
    def type(self) -> str:
        """The event's type."""
        return self.head.type

    @property
    def sender(self) -> UserID:
        """Who sent it."""
        return self.head.sender

    @property
    def state_key(self) -> str | None:
        """The state key; None of an event that is no state."""
        return self.head.state_key

    @property
    def content(self) -> dict[str, object]:
        """The content, decoded at each call."""
        return _decode_content(self.client_json).content

    def as_state(self) -> StateEvent:
        """What the authorisation rules look at."""
        head = self.head
        assert head.state_key is not None
        return StateEvent(head.event_id, head.type, head.state_key, head.sender, self.content)


COLUMNS = (
    "e.place, e.room_id, e.origin_server_ts, e.counted, e.replaces, e.redacted_by, e.device_id, e.txn_id, e.client_json"
)
"""What `from_row` takes, of a table called `e`."""


def from_row(row: Row) -> StoredEvent:
    """The event of a row with `COLUMNS`."""
    return StoredEvent(*row)
