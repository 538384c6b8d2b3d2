"""The last events of busy rooms, as committed, so that those who wait are answered without the database."""

from collections import OrderedDict, deque

from chappe.ids import RoomID
from chappe.rooms.stored import StoredEvent
from chappe.stream import Place

MAX_TAIL_EVENTS = 32
MAX_TAILS = 4_000
"""Rooms with a tail in memory: at most 4,000 × 32 events."""


class Tail:
    """The last events of one room: all of them with a place after `complete_after`."""

    __slots__ = ("complete_after", "events")

    def __init__(self, complete_after: Place) -> None:
        self.complete_after = complete_after
        self.events: deque[StoredEvent] = deque()


class Tails:
    """The tails of the rooms that had an event lately."""

    def __init__(self) -> None:
        self._tails: OrderedDict[RoomID, Tail] = OrderedDict()

    def add(self, event: StoredEvent) -> None:
        """An event is durable. Called in the order of places."""
        tail = self._tails.get(event.room_id)
        if tail is None:
            tail = self._tails[event.room_id] = Tail(Place(event.place - 1))
            if len(self._tails) > MAX_TAILS:
                self._tails.popitem(last=False)
        else:
            self._tails.move_to_end(event.room_id)
        tail.events.append(event)
        if len(tail.events) > MAX_TAIL_EVENTS:
            tail.complete_after = tail.events.popleft().place

    def between(self, room_id: RoomID, after: Place, upto: Place) -> list[StoredEvent] | None:
        """All events with a place in (after, upto], oldest first; None if they are not all in memory."""
        tail = self._tails.get(room_id)
        if tail is None or after < tail.complete_after:
            return None
        return [event for event in tail.events if after < event.place <= upto]

    def forget(self, room_id: RoomID) -> None:
        """Something in the room's past was rewritten: read it anew."""
        self._tails.pop(room_id, None)
