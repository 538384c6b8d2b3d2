"""An event as a client reads it: stored bytes, with what is added for the reader spliced in.

The bytes are never decoded for this. `unsigned` and `room_id` are put before the closing bracket.
"""

import msgspec

from chappe.rooms.stored import StoredEvent

_encode = msgspec.json.encode


def shown(event: StoredEvent, unsigned: bytes | None = None, *, with_room_id: bool = True) -> bytes:
    """The client format. `unsigned` is a JSON object; /sync leaves out `room_id`, which it has one level up."""
    tail = b""
    if with_room_id:
        tail += b',"room_id":' + _encode(event.room_id)
    if unsigned:
        tail += b',"unsigned":' + unsigned
    return event.client_json[:-1] + tail + b"}"


def json_list(items: list[bytes]) -> bytes:
    """A JSON array of items that are JSON already."""
    return b"[" + b",".join(items) + b"]"
