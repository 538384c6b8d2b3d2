"""How much of a room one person has not read, for the main timeline and for each thread.

Client-Server API v1.19, "Marking notifications as read" and "Threaded read receipts": a thread is read up to its
own receipt, one for the whole room, or the person's own last event in it. The main timeline is a thread like
others here. What one costs depends on what was not read, never on members.
"""

from collections.abc import Sequence

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.own_counts import own_counts_after
from chappe.rooms.relations import threaded_upto
from chappe.storage import Row
from chappe.stream import Place
from chappe.timeline import store_threads as store

MAX_SEARCHED = 500
"""How many of the last events are searched for the person's own last one, and for those of ignored people."""
MAX_THREAD_EVENTS = 5_000
"""Unread events of a room's threads that are counted: the newest. Who left more unread is told fewer."""
MAX_HIGHLIGHTS = 10_000


class Counts(msgspec.Struct, frozen=True):
    """Events that notify a person, and those of them that highlight."""

    notifications: int = 0
    highlights: int = 0

    def plus(self, own: "Counts") -> "Counts":
        """With what the person's own rules change of them."""
        return Counts(max(0, self.notifications + own.notifications), max(0, self.highlights + own.highlights))


async def unread_by_thread(
    reads: reading.Reads,
    room_id: RoomID,
    user_id: UserID,
    joined: Place,
    upto: Place,
    counted: int,
    ignored: frozenset[UserID],
    *,
    has_own_rules: bool = False,
) -> tuple[Counts, dict[str, Counts], dict[str, Counts]]:
    """The counts of the main timeline, and by root those of threads that have any, up to a place; and what the person's
    own rules change of them, the main timeline under an empty name.

    `joined` is where the person came in, `counted` how many events of the room notify up to `upto`.
    """
    without = list(ignored)
    floor, main, counted_at_main = await _read_main(reads, room_id, user_id, joined, upto)
    rows = await store.events_in_threads(reads, room_id, floor, upto, MAX_THREAD_EVENTS)
    read = await store.read_in_threads(reads, room_id, user_id, floor) if rows else {}
    numbers = _count_threads(rows, user_id, read, floor, ignored)
    in_main, in_threads = 0, dict.fromkeys(numbers, 0)
    for place, root in await store.highlights(reads, room_id, user_id, floor, upto, MAX_HIGHLIGHTS, without):
        if root is None:
            in_main += place > main
        elif root in numbers and place > read.get(root, floor):
            in_threads[root] += 1
    unread = counted - counted_at_main
    if unread:
        unread -= await threaded_upto(reads, room_id, upto) - await threaded_upto(reads, room_id, main)
    if unread and ignored:
        unread -= await said_by(reads, room_id, main, upto, ignored, main_only=True)
    told = {root: Counts(numbers[root], in_threads[root]) for root in numbers if numbers[root] or in_threads[root]}
    own: dict[str, Counts] = {}
    if has_own_rules:
        for one in await own_counts_after(reads, room_id, user_id, floor, upto, without):
            root = one.root or ""
            if one.place > (read.get(root, floor) if root else main):
                before = own.get(root, Counts())
                own[root] = Counts(before.notifications + one.notifications, before.highlights + one.highlights)
    return Counts(max(0, unread), in_main), told, own


async def own_counts_in(
    reads: reading.Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, ignored: frozenset[UserID]
) -> Counts:
    """What somebody's own rules change of the counts of a whole room, of events behind `after`."""
    found = await own_counts_after(reads, room_id, user_id, after, upto, list(ignored))
    return Counts(sum(one.notifications for one in found), sum(one.highlights for one in found))


def _count_threads(
    rows: list[Row], user_id: UserID, read: dict[str, Place], floor: Place, ignored: frozenset[UserID]
) -> dict[str, int]:
    """By root, how many of the events, newest first, notify and were not read. `read` learns of the user's own."""
    numbers: dict[str, int] = {}
    for root, place, sender, counted in rows:
        if place <= read.get(root, floor):
            continue
        if sender == user_id:
            read[root] = place
        else:
            numbers[root] = numbers.get(root, 0) + (counted if sender not in ignored else 0)
    return numbers


async def said_by(
    reads: reading.Reads, room_id: RoomID, after: Place, upto: Place, people: frozenset[UserID], *, main_only: bool
) -> int:
    """How many of the last events in (after, upto] notify, and are by these people; all, or those in no thread."""
    return await store.said_by(reads, room_id, after, upto, MAX_SEARCHED, list(people), main_only=main_only)


async def threads_of(reads: reading.Reads, room_id: RoomID, events: Sequence[StoredEvent]) -> dict[Place, str]:
    """The roots of the threads that events are in. Asks nothing where no event relates to another."""
    places = [event.place for event in events if b'"rel_type"' in event.client_json]
    return await store.roots_of(reads, room_id, places) if places else {}


async def _read_main(
    reads: reading.Reads, room_id: RoomID, user_id: UserID, joined: Place, upto: Place
) -> tuple[Place, Place, int]:
    """How far the person has read every thread, and the main timeline; and how many events notify up to there."""
    floor, main, counted = joined, Place(-1), 0
    for thread_id, place, counted_there in await store.read_in_main(reads, room_id, user_id):
        if place > main:
            main, counted = Place(place), counted_there
        if thread_id == "":
            floor = max(floor, Place(place))
    if joined > main:
        came_in = await reading.events_at(reads, [joined])
        main, counted = joined, came_in[0].counted if came_in else 0
    own = await store.last_own_in_main(reads, room_id, user_id, main, upto, MAX_SEARCHED)
    if own is not None:
        main, counted = own
    return floor, main, counted
