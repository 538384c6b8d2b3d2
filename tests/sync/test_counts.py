"""What is unread, as one person's several devices are told of it at the same time."""

import asyncio
from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.rooms import Tails
from chappe.rooms.reading import Reads
from chappe.stream import Place
from chappe.sync.counts import unread
from chappe.sync.delta import Delta, Deltas, View
from chappe.timeline.filters import EventFilter
from chappe.timeline.unread import Counts
from tests.house import House

pytestmark = pytest.mark.anyio

ALL = View(EventFilter(), EventFilter(), 100)


class Held:
    """A database that answers only once it may."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self.may = asyncio.Event()

    async def fetch(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        await self.may.wait()
        return await self._reads.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> tuple[Any, ...] | None:
        await self.may.wait()
        return await self._reads.fetch_one(sql, *arguments)


async def test_a_device_that_is_told_late_of_less_spoils_nothing(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = RoomID(await anna.create_room(preset="public_chat"))
    (await bob.join(room_id)).ok()
    await bob.sync()
    database, tails, log = house.chappe.database, house.chappe.resources.of(Tails), house.chappe.log
    follower = await house.chappe.syncing.followers.get(UserID(bob.user_id))
    deltas = Deltas(database, tails, house.clock)

    async def said(after: Place, **content: Any) -> Delta:
        await anna.send(room_id, "hello", **content)
        return await deltas.between(room_id, after, log.head_of(room_id), ALL)

    mention = {"m.mentions": {"user_ids": [bob.user_id]}}
    start = log.head_of(room_id)
    first = await said(start, **mention)
    both = await deltas.between(room_id, start, (await said(first.upto, **mention)).upto, ALL)
    room = follower.rooms[room_id]
    # Each has begun at the same place, and waits for the database; the one with more is answered first.
    slow, quick = Held(database), Held(database)
    told_late = asyncio.create_task(unread(slow, tails, follower, room, first))
    told_soon = asyncio.create_task(unread(quick, tails, follower, room, both))
    await asyncio.sleep(0)
    quick.may.set()
    assert (await told_soon)[0] == Counts(2, 2)
    slow.may.set()
    assert (await told_late)[0] == Counts(1, 1)
    third = await said(both.upto)
    assert (await unread(database, tails, follower, room, third))[0] == Counts(3, 2)
