"""GET /timestamp_to_event: what was said at a time.

Client-Server API v1.19, "GET /rooms/{roomId}/timestamp_to_event". Events have no index by time: a room is searched
by halves, since what comes later in a room was sent later. Where the clock was set back, an event that is
found is one of those around the time.
"""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.rooms import StoredEvent, reading
from chappe.stream import Place
from chappe.timeline.pages import Walk


class TimeQuery(msgspec.Struct):
    """Parameters of GET /timestamp_to_event. `ts` in milliseconds since 1970."""

    ts: int
    dir: str


async def event_by_time(walk: Walk, query: TimeQuery, head: Place) -> StoredEvent:
    """The first event at the time or after it (f), or the last at it or before (b), that the viewer may see.

    Refuses with NOT_FOUND where there is none.
    """
    if query.dir not in ("b", "f"):
        raise Refused(Errcode.INVALID_PARAM, "dir is b (backwards) or f (forwards).")
    if query.dir == "f":
        after = await _last_before(walk, query.ts, head)
        page = await walk.forwards(after, head, 1)
    else:
        upto = await _last_before(walk, query.ts + 1, head)
        page = await walk.backwards(upto, walk.beginning, 1)
    if not page.events:
        raise Refused(Errcode.NOT_FOUND, "There is no event at that time or beyond, in that direction.")
    return page.events[0]


async def _last_before(walk: Walk, ts: int, head: Place) -> Place:
    """A place behind all events that were sent before the time, and before all others."""
    low, high = walk.beginning, head
    while low < high:
        middle = Place((low + high) // 2)
        found = await reading.events_after(walk.reads, walk.room_id, middle, high, 1)
        if found and found[0].origin_server_ts < ts:
            low = found[0].place
        else:
            high = middle
    return low
