"""The Matrix event, as it is kept: decoded where rules look at it, and as bytes where it is only passed on.

Matrix: server-server API, "PDUs"; client-server API, "Size limits".
"""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events import canonical_json
from chappe.events.versions import RoomVersion
from chappe.ids import MAX_ID_BYTES, EventID, RoomID, UserID

MAX_EVENT_BYTES = 65536
"""Size of a whole event in the federation format, with hashes and signatures, as canonical JSON."""

MAX_KEY_BYTES = MAX_ID_BYTES
"""Size of `type`, `state_key`, `sender`, `room_id` and `event_id`: 255 bytes each."""

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Event(msgspec.Struct, frozen=True):
    """An event in a room, hashed and signed.

    `client_json` is what clients are shown, without `room_id` and `unsigned`, which the reader adds:
    content, event_id, origin_server_ts, sender, type, and state_key of a state event. A redaction has
    its `redacts` both at the top level and in `content`, in every room version, since old and new clients
    look in different places ("Room version 11", "Moving the redacts property").

    `pdu_rest` is what federation has beyond that: auth_events, prev_events, depth, hashes, signatures,
    the top-level `redacts` of versions before 11, and `content` where clients are shown another one.

    Both are canonical JSON, and `pdu_of` makes the PDU of them again.
    """

    event_id: EventID
    room_id: RoomID
    type: str
    sender: UserID
    state_key: str | None
    content: dict[str, object]
    origin_server_ts: int
    """Milliseconds since 1970."""
    redacts: str | None
    """For a redaction, the event it takes the content of, wherever the room version keeps that."""
    depth: int
    prev_events: tuple[EventID, ...]
    auth_events: tuple[EventID, ...]
    client_json: bytes
    pdu_rest: bytes


def pdu_of(version: RoomVersion, room_id: RoomID, client_json: bytes, pdu_rest: bytes) -> bytes:
    """The event in the federation format, byte for byte as it was hashed and signed: canonical JSON."""
    pdu = _PARTS.decode(client_json)
    del pdu["event_id"]
    pdu.pop("redacts", None)  # where it is the PDU's own, `pdu_rest` has it
    if not (version.room_id_is_hash and bytes(pdu["type"]) == b'"m.room.create"'):
        pdu["room_id"] = msgspec.Raw(canonical_json.encode(room_id))
    pdu.update(_PARTS.decode(pdu_rest))
    return canonical_json.encode(pdu)


def require_key_sizes(*, room_id: str | None, sender: str, type: str, state_key: str | None) -> None:
    """Refuse (TOO_LARGE, or BAD_JSON for half a surrogate pair) keys that no event may have.

    Event IDs of these room versions have 44 bytes, whatever the event.
    """
    for name, text in (("room_id", room_id), ("sender", sender), ("type", type), ("state_key", state_key)):
        if text is None or (len(text) <= MAX_KEY_BYTES and text.isascii()):
            continue
        canonical_json.check(text, name)
        if len(text.encode()) > MAX_KEY_BYTES:
            raise Refused(Errcode.TOO_LARGE, f"{name} is longer than {MAX_KEY_BYTES} bytes.")
