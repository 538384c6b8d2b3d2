"""What is told of an event is read once for all, and anew as soon as anything happens in the room."""

from typing import Any
from urllib.parse import quote

import pytest

from chappe.push.telling import MAX_KEPT, Telling
from chappe.rooms import reading
from chappe.stream import Log
from tests.house import House

pytestmark = pytest.mark.anyio


class Counting:
    """A database that counts what it was asked."""

    def __init__(self, house: House) -> None:
        self._database = house.chappe.database
        self.asked = 0

    async def fetch(self, sql: str, *arguments: object) -> Any:
        self.asked += 1
        return await self._database.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Any:
        self.asked += 1
        return await self._database.fetch_one(sql, *arguments)


async def test_what_is_told_is_read_once_and_never_out_of_date(house: House) -> None:
    ann = await house.person("ann")
    room_id = await ann.create_room(name="Kitchen")
    event_id = await ann.send(room_id, "Tea?")
    event = await reading.event_by_id(house.chappe.database, event_id)  # type: ignore[arg-type]  # it is an event's
    assert event is not None
    counting = Counting(house)
    telling = Telling(counting, house.chappe.resources.of(Log), house.chappe.restrictions)  # type: ignore[arg-type]  # it fetches like one
    first = await telling.of(event.place)
    assert first is not None
    assert (first.event_id, first.room_name) == (event_id, "Kitchen")
    asked = counting.asked
    for _ in range(200):
        assert await telling.of(event.place) is first
    assert counting.asked == asked
    await ann.set_state(room_id, "m.room.name", {"name": "Cellar"})
    again = await telling.of(event.place)
    assert again is not None
    assert again.room_name == "Cellar"
    await ann.put(f"/rooms/{quote(room_id)}/redact/{quote(event_id)}/1", {})
    assert await telling.of(event.place) is None
    assert len(telling._kept) == 1 <= MAX_KEPT
