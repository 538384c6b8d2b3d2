"""An event as a client reads it: stored bytes, with what is added for the reader spliced in.

The bytes are never decoded for this. `unsigned` and `room_id` are put before the closing bracket.
"""

from functools import lru_cache

import msgspec

from chappe.ids import RoomID
from chappe.restrictions import KEY
from chappe.rooms.stored import StoredEvent

_encode = msgspec.json.encode


def shown(event: StoredEvent, unsigned: bytes | None = None, *, with_room_id: bool = True) -> bytes:
    """The client format. `unsigned` is a JSON object; /sync leaves out `room_id`, which it has one level up."""
    room = room_member(event.room_id) if with_room_id else b""
    if unsigned is None and event.restricted is not None:
        unsigned = b'{"%b":%b}' % (KEY.encode(), event.restricted)
    if unsigned:
        return b'%b%b,"unsigned":%b}' % (event.client_json[:-1], room, unsigned)
    return b"%b%b}" % (event.client_json[:-1], room)


@lru_cache(maxsize=1024)
def room_member(room_id: RoomID) -> bytes:
    """The member `room_id` of an event, with a comma before it."""
    return b',"room_id":' + _encode(room_id)


def json_list(items: list[bytes]) -> bytes:
    """A JSON array of items that are JSON already."""
    return b"[" + b",".join(items) + b"]"
