"""An event as it was stored, for everyone who reads."""

import msgspec

from chappe.events.state import StateEvent
from chappe.ids import EventID, RoomID, UserID
from chappe.storage import Row
from chappe.stream import Place


class _Content(msgspec.Struct):
    content: dict[str, object]


_decode_content = msgspec.json.Decoder(_Content).decode


class StoredEvent(msgspec.Struct):
    """A committed event. `client_json` is spliced into answers and seldom decoded.

    `replaces` is the place of the state event before it, `redacted_by` that of its redaction;
    `counted` how many events of the room notify its members, this one included.
    """

    place: Place
    room_id: RoomID
    event_id: EventID
    type: str
    state_key: str | None
    sender: UserID
    origin_server_ts: int
    counted: int
    replaces: Place | None
    redacted_by: Place | None
    device_id: str | None
    txn_id: str | None
    client_json: bytes

    @property
    def content(self) -> dict[str, object]:
        """The content, decoded at each call."""
        return _decode_content(self.client_json).content

    def as_state(self) -> StateEvent:
        """What the authorisation rules look at."""
        assert self.state_key is not None
        return StateEvent(self.event_id, self.type, self.state_key, self.sender, self.content)


COLUMNS = (
    "e.place, e.room_id, e.event_id, e.type, e.state_key, e.sender, e.origin_server_ts,"
    " e.counted, e.replaces, e.redacted_by, e.device_id, e.txn_id, e.client_json"
)
"""What `from_row` takes, of a table called `e`."""


def from_row(row: Row) -> StoredEvent:
    """The event of a row with `COLUMNS`."""
    return StoredEvent(*row)
