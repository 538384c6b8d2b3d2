"""GET /rooms/{roomId}/initialSync: a room at one look, for who has not joined it.

Client-Server API v1.19, "GET /rooms/{roomId}/initialSync". The specification calls it deprecated. Element asks it about
every room that is opened and not joined, and shows the room only once it is told something, or that it may not look.
"""

import msgspec

from chappe.rooms.read_state import RoomReader
from chappe.rooms.room_token import encode_room_token
from chappe.rooms.shown import json_list, shown
from chappe.timeline.filters import DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT, limit_within
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present

_encode = msgspec.json.encode


class PeekQuery(msgspec.Struct):
    """Parameters of GET /initialSync."""

    limit: int | None = None


async def peek(walk: Walk, reader: RoomReader, query: PeekQuery, now: int) -> bytes:
    """The JSON of a room: its last events, oldest first, and its state; up to where the reader may read."""
    limit = max(1, limit_within(query.limit, DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT))
    page = await walk.backwards(reader.upto, walk.beginning, limit)
    events = await present(walk.reads, page.events[::-1], walk.viewer, walk.sight, now, bundling=walk.bundling)
    start = b"" if page.end is None else b'"start":' + _encode(encode_room_token(page.end)) + b","
    membership = walk.sight.membership_now()
    return b"".join(
        (
            b'{"room_id":',
            _encode(walk.room_id),
            b',"membership":',
            _encode(membership),
            b',"messages":{',
            start,
            b'"end":',
            _encode(encode_room_token(reader.upto)),
            b',"chunk":',
            json_list(events),
            b'},"state":',
            json_list([shown(event) for event in await reader.all()]),
            b"}",
        )
    )
