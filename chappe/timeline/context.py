"""GET /context: an event, what happened around it, and how the room was then.

Client-Server API v1.19, "Event Context".
"""

from collections.abc import Sequence

import msgspec

from chappe.ids import EventID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.room_token import encode_room_token
from chappe.rooms.shown import json_list
from chappe.stream import Place
from chappe.timeline.filters import DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT, limit_within
from chappe.timeline.messages import senders
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present
from chappe.timeline.visible import require_visible


class ContextQuery(msgspec.Struct):
    """Parameters of GET /context."""

    limit: int | None = None
    filter: str | None = None


async def context(walk: Walk, event_id: EventID, query: ContextQuery, head: Place, now: int) -> bytes:
    """The JSON of the event with up to `limit` events around it, half of them before it.

    Refuses with NOT_FOUND an event that the viewer may not see.
    """
    event = await require_visible(walk.reads, walk.room_id, event_id, walk.viewer, walk.sight, walk.withholding)
    asked = query.limit if query.limit is not None else walk.filter.limit
    limit = limit_within(asked, DEFAULT_MESSAGES_LIMIT, MAX_MESSAGES_LIMIT)
    before = await _page(walk, Place(event.place - 1), head, limit // 2, backwards=True)
    after = await _page(walk, event.place, head, limit - limit // 2, backwards=False)
    around = [*reversed(before), event, *after]
    state = await _state(walk, around)

    async def shown(events: Sequence[StoredEvent]) -> list[bytes]:
        return await present(walk.reads, events, walk.viewer, walk.sight, now, bundling=walk.bundling)

    return b"".join(
        (
            b'{"event":',
            *await shown([event]),
            b',"events_before":',
            json_list(await shown(before)),
            b',"events_after":',
            json_list(await shown(after)),
            b',"state":',
            json_list(await shown(state)),
            b',"start":"',
            encode_room_token(Place(around[0].place - 1)).encode(),
            b'","end":"',
            encode_room_token(around[-1].place).encode(),
            b'"}',
        )
    )


async def _page(walk: Walk, start: Place, head: Place, limit: int, *, backwards: bool) -> list[StoredEvent]:
    if limit == 0:
        return []
    page = await (walk.backwards(start, walk.beginning, limit) if backwards else walk.forwards(start, head, limit))
    return page.events


async def _state(walk: Walk, events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The room's state at the last of the events. Members found for their messages pass any filter."""
    at = events[-1].place
    state = [walk.sight.told(one) for one in await reading.state_without_members(walk.reads, walk.room_id, at)]
    if not walk.filter.lazy_load_members:
        members = await reading.members_at(walk.reads, walk.room_id, at)
        state += [walk.sight.told(member, held_at=at) for member in members]
        return state if walk.filter.is_plain else [one for one in state if walk.filter.matches(one)]
    if not walk.filter.is_plain:
        state = [one for one in state if walk.filter.matches(one)]
    return state + await senders(walk, events)
