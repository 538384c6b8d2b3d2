"""GET /threads: the threads of a room, the one continued last first.

Client-Server API v1.19, "Querying threads in a room".
"""

import asyncio
from collections.abc import Sequence

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events import redact_client_json
from chappe.events.versions import ROOM_VERSIONS
from chappe.rooms import StoredEvent, reading
from chappe.rooms.room_token import decode_room_token, encode_room_token
from chappe.rooms.shown import json_list
from chappe.storage import Database
from chappe.stream import Place
from chappe.timeline import store_relations as store
from chappe.timeline.aggregations import has_thread
from chappe.timeline.filters import limit_within
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present
from chappe.timeline.visible import visible

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
"""Threads in a page."""
MAX_SCANNED = 500
"""Threads looked at for one page. Where few of them are wanted, it is short and has a token to go on."""

_encode = msgspec.json.encode


class ThreadsQuery(msgspec.Struct, rename={"from_token": "from"}):
    """Parameters of GET /threads."""

    include: str = "all"
    limit: int | None = None
    from_token: str | None = None


async def threads(walk: Walk, database: Database, query: ThreadsQuery, head: Place, now: int) -> bytes:
    """The JSON of a page of thread roots, each with what relates to it."""
    if query.include not in ("all", "participated"):
        raise Refused(Errcode.INVALID_PARAM, "include is all or participated.")
    if query.limit is not None and query.limit < 1:
        raise Refused(Errcode.INVALID_PARAM, "limit is greater than zero.")
    limit = limit_within(query.limit, DEFAULT_LIMIT, MAX_LIMIT)
    upto = min(head, decode_room_token(query.from_token, walk.room_id, "from")) if query.from_token else head
    roots, end = await _page(walk, database, upto, limit, own_only=query.include == "participated")
    shown = await present(walk.reads, roots, walk.viewer, walk.sight, now, bundling=walk.bundling)
    next_batch = b',"next_batch":' + _encode(encode_room_token(end)) if end is not None else b""
    return b'{"chunk":' + json_list(shown) + next_batch + b"}"


async def _page(
    walk: Walk, database: Database, upto: Place, limit: int, *, own_only: bool
) -> tuple[list[StoredEvent], Place | None]:
    """At most `limit` roots, and from where to go on; None at the end."""
    roots: list[StoredEvent] = []
    ends: list[Place] = []
    scanned = 0
    while scanned < MAX_SCANNED:
        found = await store.threads_before(walk.reads, walk.room_id, upto, limit + 1)
        scanned += len(found)
        latest = dict(found)
        for root in await _wanted(walk, database, list(latest), own_only=own_only):
            roots.append(root)
            ends.append(Place(latest[root.place] - 1))
        if len(roots) > limit:
            return roots[:limit], ends[limit - 1]
        if len(found) <= limit:
            return roots, None
        upto = Place(found[-1][1] - 1)
        await asyncio.sleep(0)  # others have the loop
    return roots, upto


async def _wanted(walk: Walk, database: Database, places: list[Place], *, own_only: bool) -> list[StoredEvent]:
    """The roots at these places, in the same order, that have a thread which the viewer may see."""
    found = {event.place: event for event in await reading.events_at(walk.reads, places)}
    roots = [found[place] for place in places if place in found]
    if own_only:
        # Each thread is looked through for the viewer's own events: beside the loop, since it may be long.
        own = await store.threads_with(database, places, walk.viewer.user_id)
        roots = [root for root in roots if root.place in own or root.sender == walk.viewer.user_id]
    roots = await visible(walk.reads, roots, walk.viewer, walk.sight, walk.withholding.but_ignored())
    ignored = await walk.withholding.ignored_by(walk.viewer)
    if ignored or not walk.sight.sees_all_after(min(places, default=walk.beginning)):
        roots = [r for r in roots if await has_thread(walk.reads, r, walk.viewer, walk.sight, walk.bundling)]
    said_by_ignored = {root.place for root in roots if root.sender in ignored and root.state_key is None}
    return await _emptied(walk, roots, said_by_ignored) if said_by_ignored else roots


async def _emptied(walk: Walk, roots: Sequence[StoredEvent], places: set[Place]) -> list[StoredEvent]:
    """The roots, those at `places` without their content: others may be heard where ignored people began."""
    row = await reading.room_row(walk.reads, walk.room_id)
    assert row is not None
    version = ROOM_VERSIONS[row[0]]
    return [
        msgspec.structs.replace(root, client_json=redact_client_json(version, root.client_json))
        if root.place in places
        else root
        for root in roots
    ]
