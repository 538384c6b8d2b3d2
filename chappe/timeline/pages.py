"""Walking through a room's history, event by visible event."""

import asyncio
from collections.abc import Sequence

import msgspec

from chappe.ids import RoomID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.reading import Reads
from chappe.stream import Place, place, shard_of
from chappe.timeline.aggregations import Bundling
from chappe.timeline.filters import EventFilter
from chappe.timeline.visible import Sight, Viewer, Withholding, visible

MAX_SCANNED = 2_000
"""Events looked at for one page. A filter that few of them pass gives a short page, and a token to go on."""
MAX_PAGE_BYTES = 1024 * 1024
"""Size of a page's events: behind it the page ends, and has a token to go on. A thousand events may have 64 MB."""
_BATCH = 200
"""Events read at a time once the first read did not fill the page."""
_MOST_AT_ONCE = 200
"""Events read at a time in any case: 13 MB at most."""


class Page(msgspec.Struct):
    """Events in the order in which they were walked, and from where to go on; None at the end."""

    events: list[StoredEvent]
    end: Place | None


class Walk(msgspec.Struct, frozen=True):
    """Who walks through which room, and what they want to see of it."""

    reads: Reads
    room_id: RoomID
    viewer: Viewer
    sight: Sight
    withholding: Withholding
    filter: EventFilter
    most_scanned: int = MAX_SCANNED

    @property
    def bundling(self) -> Bundling:
        """That what relates to the events is told with them."""
        return Bundling(self.withholding)

    @property
    def beginning(self) -> Place:
        """A place before all events of the room."""
        return place(shard_of(self.room_id), 0)

    async def backwards(self, start: Place, stop: Place, limit: int) -> Page:
        """At most `limit` events with a place in (stop, start], newest first."""
        return await self._collect(self.sight.stretches(stop, start)[::-1], limit, newest_first=True)

    async def forwards(self, start: Place, stop: Place, limit: int) -> Page:
        """At most `limit` events with a place in (start, stop], oldest first."""
        return await self._collect(self.sight.stretches(start, stop), limit, newest_first=False)

    async def _collect(self, stretches: Sequence[tuple[Place, Place]], limit: int, *, newest_first: bool) -> Page:
        """Read one event more than is wanted: only then is it known whether there is anything behind the page.

        `limit` is at least 1.
        """
        found: list[StoredEvent] = []
        scanned = 0
        read = reading.events_before if newest_first else reading.events_after
        for after, upto in stretches:
            while after < upto:
                wanted = min(max(limit + 1 - len(found), _BATCH if scanned else 0), self.most_scanned + 1 - scanned)
                wanted = min(wanted, _MOST_AT_ONCE)
                batch = await read(self.reads, self.room_id, after, upto, wanted)
                scanned += len(batch)
                found += await self._wanted(batch)
                fitting = min(limit, _fitting(found))
                if len(found) > fitting:
                    return Page(found[:fitting], _behind(found[fitting - 1], newest_first))
                if len(batch) < wanted:
                    break
                if scanned > self.most_scanned:
                    return Page(found, _behind(batch[-1], newest_first))
                last = batch[-1].place
                after, upto = (after, Place(last - 1)) if newest_first else (last, upto)
                await asyncio.sleep(0)  # others have the loop: two thousand events take far more than 5 ms
        return Page(found, None)

    async def _wanted(self, events: list[StoredEvent]) -> list[StoredEvent]:
        seen = await visible(self.reads, events, self.viewer, self.sight, self.withholding)
        # Asked about what the viewer is told: a filter must not find out what was in an event that was erased.
        return seen if self.filter.is_plain else [event for event in seen if self.filter.matches(event)]


def _fitting(events: Sequence[StoredEvent]) -> int:
    """How many of the events, from the first on, go into one page: at least one, if there is any."""
    if sum([len(event.client_json) for event in events]) <= MAX_PAGE_BYTES:
        return len(events)
    size = 0
    for at, event in enumerate(events):
        size += len(event.client_json)
        if size > MAX_PAGE_BYTES:
            return max(at, 1)
    return len(events)


def _behind(event: StoredEvent, newest_first: bool) -> Place:
    """Where to go on after this event."""
    return Place(event.place - 1) if newest_first else event.place
