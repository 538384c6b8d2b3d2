"""Which messages are found, in which order, and which of them the searcher may see.

What one search costs is bounded: the newest messages of each room are looked at, and only so many are judged. Words
are looked up beside the loop.
"""

import math

import msgspec

from chappe.ids import RoomID
from chappe.rooms import StoredEvent, reading, rooms_of
from chappe.rooms.read_state import Scanning
from chappe.search import store
from chappe.search.query import Behind, Wish
from chappe.storage import Database, Row
from chappe.stream import Place
from chappe.timeline.visible import Sight, Viewer, Withholding, sight_of, visible

MAX_ROOMS = 2_000
"""Rooms that are looked through: those whose memberships changed last."""
LOOKED_AT = 5_000
"""Messages with the longest of the words that are looked at in a room, the newest."""
RANKED_IN_ALL = 2_000
"""Messages of all rooms that are ranked, the newest."""
LEAST_OF_A_ROOM = 20
RECENT_OF_A_ROOM = 24
"""The same in the order of time: for the first page. Further ones look further back."""
MAX_JUDGED = 1_000
"""Messages that are read for one page. Where few of them are wanted, it is short and has a token to go on."""
JUDGED_AT_LEAST = 5

Order = tuple[float, int, int]
"""By what messages are ordered, downwards: rank, time, place."""


class Hit(msgspec.Struct, frozen=True):
    """A message that was found, and its rank."""

    event: StoredEvent
    rank: float
    order: Order


class Page(msgspec.Struct):
    """What was found, about how much there is in all, and where to go on."""

    hits: list[Hit]
    count: int
    behind: Behind | None
    sights: dict[RoomID, Sight]


class Searcher:
    """One search of one person."""

    def __init__(self, database: Database, viewer: Viewer, withholding: Withholding, wish: Wish) -> None:
        self._database = database
        self._scanning = Scanning(database)
        self._viewer = viewer
        self._withholding = withholding
        self._wish = wish
        self._sights: dict[RoomID, Sight | None] = {}
        """How the person sees the rooms in which something was found; None of those that are encrypted."""

    async def page(self) -> Page:
        """The next messages, after what a former page had."""
        wish = self._wish
        rooms = await self._rooms() if wish.words and wish.types else []
        ordered, is_cut = await self._ordered(rooms)
        behind = wish.behind
        left = [one for one in ordered if behind is None or one < behind.order]
        hits: list[Hit] = []
        judged = 0
        while judged < min(len(left), MAX_JUDGED) and len(hits) <= wish.limit:
            some = left[judged : judged + max(wish.limit + 1 - len(hits), JUDGED_AT_LEAST)]
            hits += await self._seen(some)
            judged += len(some)
        end: Order | None = None
        if len(hits) > wish.limit:
            hits = hits[: wish.limit]
            end = hits[-1].order
        elif judged < len(left) or is_cut:
            end = left[judged - 1] if judged else behind.order if behind is not None else None
        sights = {room_id: sight for room_id, sight in self._sights.items() if sight is not None}
        return Page(hits, len(ordered), self._behind(end, ordered), sights)

    def _behind(self, end: Order | None, ordered: list[Order]) -> Behind | None:
        if end is None:
            return None
        before = self._wish.behind or Behind(end)
        return Behind(end, sum(one >= end for one in ordered), before.group, before.value)

    def _of_each(self, rooms: int) -> int:
        """How many messages of each room are asked for."""
        if self._wish.by_rank:
            return max(LEAST_OF_A_ROOM, RANKED_IN_ALL // max(1, rooms))
        passed = self._wish.behind.passed if self._wish.behind is not None else 0
        return min(LOOKED_AT, max(RECENT_OF_A_ROOM, 2 * self._wish.limit + 2) + max(0, passed))

    async def _ordered(self, rooms: list[RoomID]) -> tuple[list[Order], bool]:
        """The newest messages with all words in the rooms, in order, and whether a further page would find more.

        In the order of time a room of which not all was asked for hides what is older than its oldest here: it may
        have messages between those of other rooms.
        """
        each = self._of_each(len(rooms))
        found: list[Order] = []
        hidden: Order | None = None
        for start in range(0, len(rooms), store.ROOMS_AT_ONCE):
            some = rooms[start : start + store.ROOMS_AT_ONCE]
            by_room: dict[int, list[Order]] = {}
            for row in await store.found_in(self._scanning, some, self._wish.words, LOOKED_AT, each):
                by_room.setdefault(row[3], []).append(self._order(row))
            for orders in by_room.values():
                found += orders
                if len(orders) == each and not self._wish.by_rank:
                    hidden = max(hidden or min(orders), min(orders))
        if hidden is not None:
            found = [one for one in found if one >= hidden]
        return sorted(found, reverse=True), hidden is not None and each < LOOKED_AT

    async def _rooms(self) -> list[RoomID]:
        own = [one for one in await rooms_of(self._database, self._viewer.user_id) if one.joined_place]
        own = [one for one in own if not one.forgotten and self._wish.filter.wants_room(one.room_id)]
        if (behind := self._wish.behind) is not None and behind.group == "room_id":
            own = [one for one in own if one.room_id == behind.value]
        own.sort(key=lambda one: one.place, reverse=True)
        return [one.room_id for one in own[:MAX_ROOMS]]

    def _order(self, row: Row) -> Order:
        """All words stand in each message: the shorter one is more about them."""
        rank = _rank(len(self._wish.words), row[2]) if self._wish.by_rank else 0.0
        return rank, row[1], row[0]

    async def _seen(self, ordered: list[Order]) -> list[Hit]:
        """Those of the messages that the person may see and wants, in the same order."""
        places = [Place(at) for _, _, at in ordered]
        events = {event.place: event for event in await reading.events_at(self._database, places)}
        edits = await store.edits_found(self._database, places)
        said = {event.place: event for event in await reading.events_at(self._database, list(edits.values()))}
        by_room: dict[RoomID, list[StoredEvent]] = {}
        for event in (*events.values(), *said.values()):
            by_room.setdefault(event.room_id, []).append(event)
        told: dict[Place, StoredEvent] = {}
        for room_id, some in by_room.items():
            if (sight := await self._sight(room_id)) is not None:
                some.sort(key=lambda event: event.place)
                found = await visible(self._database, some, self._viewer, sight, self._withholding)
                told.update((event.place, event) for event in found if event.is_heard and not sight.erases(event))
        hits: list[Hit] = []
        for order in ordered:
            at = Place(order[2])
            wanted = told.get(at)
            if wanted is not None and edits.get(at, at) in told and self._wants(wanted):
                hits.append(Hit(wanted, _rank(len(self._wish.words), len(wanted.client_json)), order))
        return hits

    def _wants(self, event: StoredEvent) -> bool:
        behind = self._wish.behind
        is_of_group = behind is None or behind.group != "sender" or event.sender == behind.value
        return is_of_group and event.type in self._wish.types and self._wish.filter.matches(event)

    async def _sight(self, room_id: RoomID) -> Sight | None:
        if room_id not in self._sights:
            # Rooms that are encrypted are not searched, nor what was said in them before (spec: "room_events").
            encryption = await reading.state_event_at(self._database, room_id, "m.room.encryption", "")
            seen = (self._database, room_id, self._viewer, self._withholding)
            sight = await sight_of(*seen) if encryption is None else None
            self._sights[room_id] = sight
        return self._sights[room_id]


def _rank(words: int, size_bytes: int) -> float:
    return round(words / math.log2(8 + size_bytes), 6)
