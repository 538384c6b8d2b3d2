"""The last events of busy rooms, as committed, so that those who wait are answered without the database."""

from collections import OrderedDict, deque

from chappe.ids import RoomID
from chappe.rooms.stored import StoredEvent
from chappe.stream import Place

MAX_TAIL_EVENTS = 32
MAX_TAILS = 4_000
"""Rooms with a tail in memory."""
MAX_TAIL_BYTES = 32 * 1024 * 1024
"""All tails together, as `_held` counts, before those of the rooms longest without an event are let go."""
MAX_EVENT_BYTES = 16 * 1024
"""A larger event is not kept: its room's tail begins anew behind it, and who wants the event reads the database."""


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
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """About what they take in memory."""
        return self._bytes

    def add(self, event: StoredEvent) -> None:
        """An event is durable. Called in the order of places."""
        tail = self._tails.get(event.room_id)
        if tail is None:
            tail = self._tails[event.room_id] = Tail(Place(event.place - 1))
        else:
            self._tails.move_to_end(event.room_id)
        if len(event.client_json) > MAX_EVENT_BYTES:
            self._shorten(tail, 0)
            tail.complete_after = event.place
        else:
            tail.events.append(event)
            self._bytes += _held(event)
            self._shorten(tail, MAX_TAIL_EVENTS)
        while len(self._tails) > MAX_TAILS or self._bytes > MAX_TAIL_BYTES:
            self.forget(next(iter(self._tails)))

    def between(self, room_id: RoomID, after: Place, upto: Place) -> list[StoredEvent] | None:
        """All events with a place in (after, upto], oldest first; None if they are not all in memory."""
        tail = self._tails.get(room_id)
        if tail is None or after < tail.complete_after:
            return None
        return [event for event in tail.events if after < event.place <= upto]

    def forget(self, room_id: RoomID) -> None:
        """Something in the room's past was rewritten: read it anew."""
        tail = self._tails.pop(room_id, None)
        if tail is not None:
            self._shorten(tail, 0)

    def _shorten(self, tail: Tail, most: int) -> None:
        while len(tail.events) > most:
            oldest = tail.events.popleft()
            tail.complete_after = oldest.place
            self._bytes -= _held(oldest)


def _held(event: StoredEvent) -> int:
    """About what an event takes in memory: its JSON, and the rest of it, which is small."""
    return len(event.client_json) + 512
