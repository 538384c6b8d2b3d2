"""GET /messages: a room's history, page by page.

Client-Server API v1.19, "GET /rooms/{roomId}/messages".
"""

from collections.abc import Sequence

import msgspec

from chappe.errors import Errcode, Refused
from chappe.rooms import StoredEvent
from chappe.rooms.room_token import decode_room_token, encode_room_token
from chappe.rooms.shown import json_list
from chappe.stream import Place
from chappe.timeline import store
from chappe.timeline.filters import DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT, limit_within
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present

_encode = msgspec.json.encode


class MessagesQuery(msgspec.Struct, rename={"from_token": "from", "to_token": "to"}):
    """Parameters of GET /messages. The limit of the query goes before that of the filter."""

    dir: str
    from_token: str | None = None
    to_token: str | None = None
    limit: int | None = None
    filter: str | None = None


async def messages(walk: Walk, query: MessagesQuery, head: Place, now: int) -> bytes:
    """The JSON of a page, from `from` or else from the end where `dir` begins. `head` is the last place there is."""
    if query.dir not in ("b", "f"):
        raise Refused(Errcode.INVALID_PARAM, "dir is b (backwards) or f (forwards).")
    backwards = query.dir == "b"
    start = _place(walk, query.from_token, "from", head if backwards else walk.beginning)
    stop = _place(walk, query.to_token, "to", walk.beginning if backwards else head)
    asked = query.limit if query.limit is not None else walk.filter.limit
    limit = max(1, limit_within(asked, DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT))
    go = walk.backwards if backwards else walk.forwards
    page = await go(min(start, head), min(stop, head), limit)
    parts = [
        b'{"start":',
        _encode(query.from_token or encode_room_token(start)),
        b',"chunk":',
        json_list(await present(walk.reads, page.events, walk.viewer, walk.sight, now, bundling=walk.bundling)),
    ]
    if walk.filter.lazy_load_members:
        members = await present(walk.reads, await senders(walk, page.events), walk.viewer, walk.sight, now)
        parts += [b',"state":', json_list(members)]
    if page.end is not None:
        parts += [b',"end":', _encode(encode_room_token(page.end))]
    return b"".join((*parts, b"}"))


async def senders(walk: Walk, events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The memberships of those who sent the events, as of the last of these (spec: "Lazy-loading room members").

    Also those that the client may have been sent before: that is allowed, and remembers nothing.
    """
    if not events:
        return []
    at = max(events[0].place, events[-1].place)
    found = await store.members_at(walk.reads, walk.room_id, {event.sender for event in events}, at)
    return [walk.sight.told(member, held_at=at) for member in found]


def _place(walk: Walk, token: str | None, where: str, otherwise: Place) -> Place:
    return decode_room_token(token, walk.room_id, where) if token else otherwise
