"""The messages that wait for devices, as /sync tells them: in order, and none twice.

A device has received what it was told when it comes back with the token of that answer, or a later one of its own.
Only then is it erased. Most devices have nothing waiting, which is known here without asking the database.
"""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from chappe.ids import UserID
from chappe.keys import store_to_device as store
from chappe.rooms.reading import Reads
from chappe.stream import Place, Writer

MAX_TOLD = 100
"""Messages in one answer, as the specification recommends. The next answer goes on behind them."""
MAX_TOLD_BYTES = 1024 * 1024
"""Bytes of messages in one answer; a larger one is told alone."""
MAX_KEPT = 50_000
"""People whose devices' inboxes are remembered; of those used least recently the database is asked again."""


class Told(msgspec.Struct, frozen=True):
    """What waits for a device between two places: the messages as JSON, and how far they go."""

    events: list[bytes]
    upto: Place
    is_all: bool


class _Inbox(msgspec.Struct):
    """What is known of one device's messages."""

    last: Place = Place(0)
    """No message that is committed has a later place."""
    received: Place = Place(0)
    """Up to here everything is erased, or will be in a moment."""
    is_known: bool = False


class Inboxes:
    """The inboxes of all devices."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        self._reads = reads
        self._writer = writer
        self._kept: OrderedDict[UserID, dict[str, _Inbox]] = OrderedDict()

    def put(self, user_id: UserID, device_ids: Iterable[str], at: Place) -> None:
        """Messages for some devices of a person were committed, at a place."""
        inboxes = self._kept.get(user_id, {})
        for device_id in device_ids:
            if (inbox := inboxes.get(device_id)) is not None:
                inbox.last = max(inbox.last, at)

    async def tell(self, user_id: UserID, device_id: str, after: Place, upto: Place) -> Told:
        """The next messages with a place in (after, upto]. The device has received everything up to `after`."""
        inbox = await self._inbox(user_id, device_id)
        if inbox.received < min(after, inbox.last):
            inbox.received = after
            self._writer.lazily(store.ERASE_RECEIVED, user_id, device_id, after)
        after = max(after, inbox.received)
        if inbox.last <= after:
            return Told([], upto, is_all=True)
        waiting = await store.messages(self._reads, user_id, device_id, after, upto, MAX_TOLD + 1)
        return first_of(waiting, upto)

    async def _inbox(self, user_id: UserID, device_id: str) -> _Inbox:
        inboxes = self._kept.setdefault(user_id, {})
        self._kept.move_to_end(user_id)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        # It is there before the database is asked, so that it hears of what is committed meanwhile.
        inbox = inboxes.setdefault(device_id, _Inbox())
        if not inbox.is_known:
            first, last = await store.first_and_last(self._reads, user_id, device_id)
            inbox.received = max(inbox.received, Place(first - 1))
            inbox.last = max(inbox.last, last)
            inbox.is_known = True
        return inbox


def first_of(waiting: list[tuple[Place, bytes]], upto: Place) -> Told:
    """As many of the messages up to a place as one answer tells."""
    events: list[bytes] = []
    size_bytes, end = 0, upto
    for place, event in waiting:
        size_bytes += len(event)
        if events and (size_bytes > MAX_TOLD_BYTES or len(events) == MAX_TOLD):
            return Told(events, end, is_all=False)
        events.append(event)
        end = place
    return Told(events, upto, is_all=True)
