"""What relates to an event, put together for one reader: `m.relations` in `unsigned`.

Client-Server API v1.19, "Aggregations of child events": the last edit, a summary of the thread, references.
What the reader may not see, and what those whom they ignore sent, is left out. Nothing of it is stored.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from chappe.ids import UserID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.relations import REFERENCE, REPLACE, THREAD
from chappe.stream import Place
from chappe.timeline import store_relations as store
from chappe.timeline.visible import Sight, Viewer, Withholding

MAX_EDITS_COMPARED = 50
"""Edits at the end among which the one sent last is told: clocks that were set back shuffle no more."""
MAX_THREAD_COUNTED = 5_000
"""Events of a thread that are counted; a longer one is told as having so many."""
MAX_REFERENCES = 100
"""References told besides an event: the newest."""
MAX_STRETCHES = 10
"""Parts of the room's past that are looked at for someone who was in and out: the newest."""

Show = Callable[[Sequence[StoredEvent]], Awaitable[list[bytes]]]
"""Renders events that are told within others."""


class Bundling(msgspec.Struct, frozen=True):
    """That aggregations are told with events: as of `upto`, and without what is withheld."""

    withholding: Withholding
    upto: Place = reading.EVERYTHING
    threads: bool = True
    """False for events told within others."""


class _Reader(msgspec.Struct, frozen=True):
    reads: reading.Reads
    viewer: Viewer
    sight: Sight | None
    ignored: frozenset[UserID]
    bundling: Bundling

    def hears(self, event: StoredEvent) -> bool:
        """Whether the reader is told what the event says."""
        is_erased = self.sight is not None and self.sight.erases(event)
        return (
            event.redacted_by is None
            and event.restricted is None
            and event.sender not in self.ignored
            and not is_erased
        )

    def stretches(self, parent: StoredEvent) -> list[tuple[Place, Place]]:
        """The parts of the past behind an event that the reader may see, newest first."""
        if self.sight is None:
            return [(parent.place, self.bundling.upto)]
        return self.sight.stretches(parent.place, self.bundling.upto)[: -MAX_STRETCHES - 1 : -1]


async def aggregations(
    reads: reading.Reads,
    events: Sequence[StoredEvent],
    viewer: Viewer,
    sight: Sight | None,
    bundling: Bundling,
    show: Show,
) -> dict[Place, dict[str, object]]:
    """The aggregations of those events that have any, by place: one query for events that have none.

    State events have none (spec: "State events do not currently receive bundled aggregations").
    """
    kinds = await store.aggregated_kinds(reads, [event.place for event in events])
    if not kinds:
        return {}
    by_place = {event.place: event for event in events if event.state_key is None}
    reader = _Reader(reads, viewer, sight, await bundling.withholding.ignored_by(viewer), bundling)
    told: dict[Place, dict[str, object]] = {}
    for place, rel_type in kinds:
        if (parent := by_place.get(place)) is None:
            continue
        aggregation: object | None = None
        if rel_type == REFERENCE:
            aggregation = await _references(reader, parent)
        elif rel_type == REPLACE and reader.hears(parent):
            aggregation = await _last_edit(reader, parent, show)
        elif rel_type == THREAD and bundling.threads:
            aggregation = await _thread(reader, parent, show)
        if aggregation is not None:
            told.setdefault(place, {})[rel_type] = aggregation
    return told


async def has_aggregations(reads: reading.Reads, events: Sequence[StoredEvent]) -> bool:
    """Whether anything may be told with any of the events, to some reader; no more than that."""
    return bool(await store.aggregated_kinds(reads, [event.place for event in events]))


async def has_thread(reads: reading.Reads, root: StoredEvent, viewer: Viewer, sight: Sight, bundling: Bundling) -> bool:
    """Whether the viewer may see any event of the thread on `root`."""
    reader = _Reader(reads, viewer, sight, await bundling.withholding.ignored_by(viewer), bundling)
    return (await _summary(reader, root))[0] > 0


async def _last_edit(reader: _Reader, parent: StoredEvent, show: Show) -> object | None:
    for after, upto in reader.stretches(parent):
        edit = await store.latest_edit(reader.reads, parent.place, after, upto, MAX_EDITS_COMPARED)
        if edit is not None:
            is_restricted = reader.sight is not None and reader.sight.restricts(edit)
            return None if is_restricted else await _show_one(reader, edit, show)
    return None


async def _thread(reader: _Reader, root: StoredEvent, show: Show) -> object | None:
    count, latest, participated = await _summary(reader, root)
    if count == 0:
        return None
    for event in await reading.events_at(reader.reads, [latest]):
        shown = await _show_one(reader, event, show)
        return {"latest_event": shown, "count": count, "current_user_participated": participated}
    return None


async def _summary(reader: _Reader, root: StoredEvent) -> tuple[int, Place, bool]:
    """How many events the thread has, where the last one is, and whether the reader takes part."""
    count, latest, participated = 0, Place(0), root.sender == reader.viewer.user_id
    for after, upto in reader.stretches(root):
        found, last, has_own = await store.thread_summary(
            reader.reads, root.place, after, upto, reader.viewer.user_id, reader.ignored, MAX_THREAD_COUNTED
        )
        count, latest, participated = count + found, max(latest, last), participated or has_own
    return count, latest, participated


async def _references(reader: _Reader, parent: StoredEvent) -> object | None:
    found: list[str] = []
    for after, upto in reader.stretches(parent):
        left = MAX_REFERENCES - len(found)
        if left > 0:
            found += await store.references(reader.reads, parent.place, after, upto, reader.ignored, left)
    return {"chunk": [{"event_id": event_id} for event_id in reversed(found)]} if found else None


async def _show_one(reader: _Reader, event: StoredEvent, show: Show) -> msgspec.Raw:
    """An event within another one, as the reader is told it. What may be seen of the past was found before."""
    (shown,) = await show([event if reader.sight is None else reader.sight.told(event)])
    return msgspec.Raw(shown)
