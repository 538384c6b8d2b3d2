"""What happened in a room between two places, the same for everybody who was in it all along.

Five hundred people who wait in a room are told the same: it is read and rendered once and kept for a
moment. What differs from person to person is added in `section.py`.
"""

from collections import OrderedDict

import msgspec

from chappe.clock import Clock
from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent, Tails, reading
from chappe.rooms.room_token import encode_room_token
from chappe.rooms.shown import json_list
from chappe.storage import Database
from chappe.stream import Place
from chappe.sync.summary import Summaries
from chappe.timeline.aggregations import Bundling, has_aggregations
from chappe.timeline.event_fields import EventFields
from chappe.timeline.filters import EventFilter
from chappe.timeline.receipts import Receipt, receipts_between
from chappe.timeline.unread import threads_of
from chappe.timeline.unsigned import present
from chappe.timeline.visible import Sight, Viewer

MAX_DELTAS = 512
"""Rendered deltas kept: only what people who wait for the same events share."""
MAX_DELTA_BYTES = 32 * 1024 * 1024
"""Bytes that the kept deltas may have together. A single one may have 12 MB, and its key is the client's to vary."""
RECEIPT_BYTES = 300
"""What a receipt takes in memory."""
MAX_DELTA_AGE_MS = 5_000
"""`age` in the rendered events is as old as this at most."""
SCANNED_FOR_FILTER = 500
"""Events looked at for a filter that leaves some out."""

_SUMMARISED = frozenset({"m.room.member", "m.room.name", "m.room.canonical_alias", "m.room.redaction"})
"""What the summary of a room depends on; a redaction may have taken the room's name."""

_NOBODY = Viewer(UserID(""))


class View(msgspec.Struct, frozen=True):
    """What of a room a request wants."""

    timeline: EventFilter
    state: EventFilter
    limit: int
    fields: EventFields | None = None
    """Which properties of events are wanted; None for all."""
    state_word: str = "state"
    """Under which name the state is told: `state` as of the start of the timeline, any other as of its end."""

    @property
    def state_after(self) -> bool:
        """Whether the state is told as of the end of the timeline (`use_state_after`)."""
        return self.state_word != "state"

    @property
    def threads(self) -> bool:
        """Whether what is unread is told for each thread."""
        return self.timeline.unread_thread_notifications

    @property
    def lazy(self) -> bool:
        """Whether only those members are told who appear in the timeline."""
        return self.state.lazy_load_members

    @property
    def key(self) -> tuple[object, ...]:
        """For the cache of deltas."""
        return (self.timeline.key, self.state.key, self.limit, self.fields, self.state_word)


class Delta(msgspec.Struct):
    """A room's events in (after, upto], of which `events` are shown; and their JSON."""

    after: Place
    upto: Place
    events: list[StoredEvent]
    all_events: list[StoredEvent]
    has_all_events: bool
    limited: bool
    receipts: list[Receipt]
    counted: int | None
    state: list[StoredEvent]
    rendered: bytes
    """The members `timeline` and `state` of the room's object in /sync, without brackets around them."""
    made_at: int
    has_related: bool = False
    """Whether other events relate to those shown in a way that is told with them, and not to all readers alike."""
    threads: dict[Place, str] = {}
    """The roots of the threads that its events are in, where these are asked for."""

    @property
    def summary_changed(self) -> bool:
        """Whether the room's summary may be another than before."""
        return not self.has_all_events or any(event.type in _SUMMARISED for event in self.all_events)

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes: what is rendered, the events it is made of, and the receipts."""
        events = sum(len(event.client_json) for part in (self.all_events, self.state) for event in part)
        return len(self.rendered) + events + RECEIPT_BYTES * len(self.receipts)


class Deltas:
    """Reads deltas, and keeps the last ones."""

    def __init__(self, database: Database, tails: Tails, clock: Clock, max_bytes: int = MAX_DELTA_BYTES) -> None:
        self._database = database
        self._tails = tails
        self._clock = clock
        self.summaries = Summaries(database)
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[object, ...], tuple[Delta, int]] = OrderedDict()
        self.kept_bytes = 0
        """How large the kept deltas are together."""

    async def between(self, room_id: RoomID, after: Place, upto: Place, view: View) -> Delta:
        """What happened in (after, upto], rendered for someone who was in the room all that time."""
        key = (room_id, after, upto, view.key)
        now = self._clock.now_ms()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0].made_at < MAX_DELTA_AGE_MS:
            return kept[0]
        delta = await self.read(room_id, after, upto, view)
        delta.state = await self._state(room_id, delta, view)
        delta.rendered = await render(self._database, delta, view, _NOBODY, None, now)
        delta.has_related = delta.limited and await has_aggregations(self._database, delta.events)
        self._keep(key, delta)
        return delta

    def _keep(self, key: tuple[object, ...], delta: Delta) -> None:
        """Keep a delta, and let go of the oldest ones that there is no room for any more."""
        size = delta.size_bytes
        _, replaced = self._kept.pop(key, (None, 0))
        self._kept[key] = (delta, size)
        self.kept_bytes += size - replaced
        while len(self._kept) > MAX_DELTAS or self.kept_bytes > self._max_bytes:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.kept_bytes -= dropped

    async def read(self, room_id: RoomID, after: Place, upto: Place, view: View) -> Delta:
        """What happened in (after, upto], without state and not rendered."""
        all_events, has_all = await self._events(room_id, after, upto, view)
        matching = all_events if view.timeline.is_plain else [e for e in all_events if view.timeline.matches(e)]
        events = matching[-view.limit :] if view.limit else []
        limited = len(events) < len(matching) or not has_all
        return Delta(
            after,
            upto,
            events,
            all_events,
            has_all,
            limited,
            await receipts_between(self._database, room_id, after, upto),
            all_events[-1].counted if all_events else None,
            [],
            b"",
            self._clock.now_ms(),
            threads=await threads_of(self._database, room_id, all_events) if view.threads else {},
        )

    async def _events(self, room_id: RoomID, after: Place, upto: Place, view: View) -> tuple[list[StoredEvent], bool]:
        """The last events in (after, upto], oldest first, and whether these are all."""
        recent = self._tails.between(room_id, after, upto)
        if recent is not None:
            return recent, True
        wanted = view.limit if view.timeline.is_plain else SCANNED_FOR_FILTER
        found = await reading.events_before(self._database, room_id, after, upto, wanted + 1)
        found.reverse()
        has_all = len(found) <= wanted
        return (found if has_all else found[1:]), has_all

    async def _state(self, room_id: RoomID, delta: Delta, view: View) -> list[StoredEvent]:
        """The state that changed and that the timeline does not tell."""
        reads, events = self._database, delta.events
        until = state_place(delta, view)
        changed: list[StoredEvent] = []
        if delta.limited or view.state_after or not view.timeline.is_plain:
            changed = await reading.state_between(reads, room_id, delta.after, until)
            members = await reading.members_between(reads, room_id, delta.after, until)
            # Also for those who load members lazily: what they know of somebody must not become wrong.
            changed = latest([*changed, *members, *await untold_state(reads, room_id, delta, view)])
        if view.lazy:
            changed += await _senders(reads, room_id, until, events, changed)
        return changed if view.state.is_plain else [event for event in changed if view.state.matches(event)]


def state_place(delta: Delta, view: View) -> Place:
    """Up to where `state` tells: the start of the timeline, or its end with `use_state_after`."""
    return delta.upto if view.state_after or not delta.events else Place(delta.events[0].place - 1)


async def untold_state(reads: reading.Reads, room_id: RoomID, delta: Delta, view: View) -> list[StoredEvent]:
    """State that changed within the timeline and that the client's own filter keeps out of it."""
    if view.timeline.is_plain:
        return []
    start, told = state_place(delta, view), {event.place for event in delta.events}
    changed = await reading.state_between(reads, room_id, start, delta.upto)
    changed += await reading.members_between(reads, room_id, start, delta.upto)
    return [event for event in changed if event.place not in told]


def latest(events: list[StoredEvent]) -> list[StoredEvent]:
    """Of state events the last one for each type and key."""
    return list({(event.type, event.state_key): event for event in events}.values())


async def _senders(
    reads: reading.Reads, room_id: RoomID, at: Place, events: list[StoredEvent], known: list[StoredEvent]
) -> list[StoredEvent]:
    """The memberships of those who sent the events, but for those already known."""
    have = {event.state_key for event in known if event.type == "m.room.member"}
    found = [await reading.member_at(reads, room_id, sender, at) for sender in {e.sender for e in events} - have]
    return sorted((member for member in found if member is not None), key=lambda member: member.place)


async def render(
    reads: reading.Reads,
    delta: Delta,
    view: View,
    viewer: Viewer,
    sight: Sight | None,
    now: int,
    bundling: Bundling | None = None,
) -> bytes:
    """The timeline and state of a delta as JSON members, for one viewer; `bundling` as `present` takes it."""
    events = await present(reads, delta.events, viewer, sight, now, with_room_id=False, bundling=bundling)
    state = await present(reads, delta.state, viewer, sight, now, with_room_id=False)
    if view.fields is not None:
        events = [view.fields.pick(event) for event in events]
        state = [view.fields.pick(event) for event in state]
    start = Place(delta.events[0].place - 1) if delta.events else delta.upto
    return b"".join(
        (
            b'"timeline":{"events":',
            json_list(events),
            b',"limited":true' if delta.limited else b',"limited":false',
            b',"prev_batch":"',
            encode_room_token(start).encode(),
            b'"},"%s":{"events":' % view.state_word.encode(),
            json_list(state),
            b"}",
        )
    )
