"""A room is read into memory while others use it and let go of it."""

import asyncio
from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.rooms import Rooms
from chappe.stream import Command, Device, Transaction, shard_of
from chappe.timeline.send import send_event
from tests.house import House

pytestmark = pytest.mark.anyio


async def test_a_slow_reader_does_not_bring_back_what_is_out_of_date(house: House) -> None:
    ann = await house.person("ann")
    room_id = RoomID(await ann.create_room())
    rooms, bus = house.chappe.resources.of(Rooms), house.chappe.bus
    device = Device(UserID(ann.user_id), None)
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        """Reads like a transaction, and waits behind its first read."""

        def __init__(self, tx: Transaction) -> None:
            self._tx = tx

        async def fetch(self, sql: str, *arguments: object) -> list[Any]:
            return await self._tx.fetch(sql, *arguments)

        async def fetch_one(self, sql: str, *arguments: object) -> Any:
            found = await self._tx.fetch_one(sql, *arguments)
            if sql.startswith("SELECT event_id, depth"):
                has_read.set()
                await may_go_on.wait()
            return found

    async def look_slowly(tx: Transaction, device: Device | None) -> object:
        return (await rooms._load(Slow(tx), room_id)).last_event_id

    def let_go() -> None:
        rooms.forget(rooms._resident[room_id])

    let_go()
    slow = asyncio.create_task(bus.call(shard_of(room_id), Command(look_slowly, device, ())))
    await has_read.wait()
    sent = await bus.call(
        shard_of(room_id), Command(send_event, device, (room_id, "m.room.message", {"body": "between"}, "t1"))
    )
    let_go()
    may_go_on.set()
    assert await slow == sent
