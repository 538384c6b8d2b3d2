"""The reader "search": learns the words of what is said. Sending knows nothing of it.

What is redacted loses its words in the same commit (`forget.py`); what somebody erases with their account loses them
here, when the log says so.
"""

import asyncio

from chappe.ids import RoomID
from chappe.resources import Resources
from chappe.rooms import StoredEvent, erased_between
from chappe.rooms.read_state import Scanning
from chappe.search import store
from chappe.search.said import is_searched, replaced_by, text_of
from chappe.search.words import words_of
from chappe.storage import Database
from chappe.stream import Bus, Command, Device, Log, Place, Reader, Shard, Transaction, Writer, place

EVENTS_AT_ONCE = 40
"""Learnt in one unit of work: about 5 ms."""
FORGOTTEN_AT_ONCE = 400
ERASURES_AT_ONCE = 100

Learnt = tuple[RoomID, Place, list[str], Place, bool]
"""A message's room and place, its words, where they were said, and whether they may take the place of others."""


class SearchReader:
    """Follows the events of all rooms."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._scanning = Scanning(database)
        self._bus = bus

    async def handle(self, shard: Shard, after: int, upto: int) -> None:
        """Deal with what happened in a shard in (after, upto]."""
        start, end = place(shard, after), place(shard, upto)
        while events := await store.events_between(self._database, start, end, EVENTS_AT_ONCE):
            start = events[-1].place
            learnt = [one for event in events if (one := await self._learn(event)) is not None]
            if learnt:
                await self._bus.call(shard, Command(learn, None, (learnt,)))
            await asyncio.sleep(0)
        await self._forget_erased(shard, place(shard, after), end)

    async def _learn(self, event: StoredEvent) -> Learnt | None:
        """The words of an event; of an edit, those that the edited message has now."""
        if not is_searched(event):
            return None
        is_edit = replaced_by(event) is not None
        if not is_edit:
            edit = await store.last_edit(self._database, event.place, event.place)
            said = edit or event
        else:
            edited = await store.edited_by(self._database, event.place)
            if edited is None:
                return event.room_id, event.place, words_of(text_of(event)), event.place, False
            last = await store.last_edit(self._database, edited.place, edited.place)
            event, said = edited, last or edited
        return event.room_id, event.place, words_of(text_of(said)), said.place, is_edit

    async def _forget_erased(self, shard: Shard, start: Place, end: Place) -> None:
        while erased := await erased_between(self._database, start, end, ERASURES_AT_ONCE):
            for room_id, user_id, at in erased:
                start, after = at, place(shard, 0)
                while places := await store.sent_by(self._scanning, room_id, user_id, after, at, FORGOTTEN_AT_ONCE):
                    after = places[-1]
                    await self._bus.call(shard, Command(forget, None, (places,)))


async def learn(tx: Transaction, device: Device | None, learnt: list[Learnt]) -> None:
    """An act in the rooms' shard: messages are found by these words. Harmless when repeated."""
    for room_id, at, words, said, anew in learnt:
        store.put_words(tx, room_id, at, words, said, anew=anew)


async def forget(tx: Transaction, device: Device | None, places: list[Place]) -> None:
    """An act in the rooms' shard: messages are not found any more."""
    store.forget_words(tx, places)


def search_reader(resources: Resources, bus: Bus) -> Reader:
    """The reader, to be run as a task of the process."""
    database = resources.of(Database)
    searching = SearchReader(database, bus)
    return Reader("search", searching.handle, database, resources.of(Log), resources.of(Writer))
