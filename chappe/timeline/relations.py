"""GET /relations: what relates to an event, page by page.

Client-Server API v1.19, "Relationships API".
"""

import asyncio

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import EventID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.room_token import decode_room_token, encode_room_token
from chappe.rooms.shown import json_list
from chappe.storage import Database
from chappe.stream import Place
from chappe.timeline import store_relations as store
from chappe.timeline.filters import limit_within
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present
from chappe.timeline.visible import require_visible, visible

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
"""Events in a page: a hundred may have 6.5 MB."""
MAX_SCANNED = 1_000
"""Events looked at for one page. Where few of them may be seen, it is short and has a token to go on."""
SCANNED_AT_ONCE = 100
"""Events that are looked at together once it shows that not all may be seen: each look follows the relations anew."""
MAX_STEPS = 3
"""Relations followed with `recurse`: what relates to what relates to what relates to the event."""

_encode = msgspec.json.encode


class RelationsQuery(msgspec.Struct, rename={"from_token": "from", "to_token": "to"}):
    """Parameters of GET /relations."""

    dir: str = "b"
    from_token: str | None = None
    to_token: str | None = None
    limit: int | None = None
    recurse: bool | None = None


class Related(msgspec.Struct, frozen=True):
    """Which relations to an event are wanted; None for all."""

    event_id: EventID
    rel_type: str | None = None
    type: str | None = None


async def relations(
    walk: Walk, database: Database, wanted: Related, query: RelationsQuery, head: Place, now: int
) -> bytes:
    """The JSON of a page. Refuses with NOT_FOUND an event that the viewer may not see."""
    if query.dir not in ("b", "f"):
        raise Refused(Errcode.INVALID_PARAM, "dir is b (backwards) or f (forwards).")
    parent = await require_visible(walk.reads, walk.room_id, wanted.event_id, walk.viewer, walk.sight, walk.withholding)
    backwards = query.dir == "b"
    start = _place(walk, query.from_token, "from", head if backwards else parent.place)
    stop = _place(walk, query.to_token, "to", parent.place if backwards else head)
    after, upto = (stop, min(start, head)) if backwards else (start, min(stop, head))
    limit = max(1, limit_within(query.limit, DEFAULT_LIMIT, MAX_LIMIT))
    events, end = await _page(
        walk, _Search(database, parent.place, wanted, MAX_STEPS if query.recurse else 1, backwards), after, upto, limit
    )
    shown = await present(walk.reads, events, walk.viewer, walk.sight, now, bundling=walk.bundling)
    parts = [b'{"chunk":', json_list(shown)]
    if end is not None:
        parts += [b',"next_batch":', _encode(encode_room_token(end))]
    if query.from_token:
        parts += [b',"prev_batch":', _encode(query.from_token)]
    if query.recurse is not None:
        parts.append(b',"recursion_depth":%d' % (MAX_STEPS if query.recurse else 1))
    return b"".join((*parts, b"}"))


class _Search(msgspec.Struct, frozen=True):
    database: Database
    parent: Place
    wanted: Related
    steps: int
    newest_first: bool

    async def between(self, after: Place, upto: Place, limit: int) -> list[Place]:
        # Following relations over several steps may pass thousands of them: that runs beside the loop.
        read = self.database.fetch if self.steps == 1 else self.database.scan
        return await store.related(
            read,
            self.parent,
            after,
            upto,
            limit,
            rel_type=self.wanted.rel_type,
            type=self.wanted.type,
            steps=self.steps,
            newest_first=self.newest_first,
        )


async def _page(
    walk: Walk, search: _Search, after: Place, upto: Place, limit: int
) -> tuple[list[StoredEvent], Place | None]:
    """At most `limit` events that the viewer may see, and from where to go on; None at the end."""
    found: list[StoredEvent] = []
    scanned, at_once = 0, limit + 1
    while scanned < MAX_SCANNED:
        places = await search.between(after, upto, at_once)
        scanned += len(places)
        events = await reading.events_at(walk.reads, places)
        events.sort(key=lambda event: event.place, reverse=search.newest_first)
        found += await visible(walk.reads, events, walk.viewer, walk.sight, walk.withholding)
        if len(found) > limit:
            return found[:limit], _behind(found[limit - 1].place, search)
        if len(places) < at_once:
            return found, None
        at_once = max(at_once, SCANNED_AT_ONCE)
        after, upto = (after, Place(places[-1] - 1)) if search.newest_first else (places[-1], upto)
        await asyncio.sleep(0)  # others have the loop
    return found, upto if search.newest_first else after


def _behind(place: Place, search: _Search) -> Place:
    return Place(place - 1) if search.newest_first else place


def _place(walk: Walk, token: str | None, where: str, otherwise: Place) -> Place:
    return decode_room_token(token, walk.room_id, where) if token else otherwise
