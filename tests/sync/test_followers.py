"""What a person's follower knows belongs to the heads it is used with, however slowly the database answers."""

import asyncio

import pytest

from chappe.ids import UserID
from chappe.storage import Database, Row
from chappe.stream import position_at
from chappe.sync.followers import Followers
from tests.house import House

pytestmark = pytest.mark.anyio


class SlowReads:
    """A database whose next answer is on its way for as long as a test wants."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        rows = await self._database.fetch(sql, *arguments)
        self.asked.set()
        await self.may_answer.wait()
        return rows


async def test_a_membership_that_is_committed_while_the_database_answers_is_not_missed(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    chappe = house.chappe
    slow = SlowReads(chappe.database)
    followers = Followers(slow, chappe.log)  # type: ignore[arg-type]
    getting = asyncio.create_task(followers.get(UserID(ben.user_id)))
    await slow.asked.wait()
    (await ben.join(room)).ok()
    slow.may_answer.set()
    follower = await asyncio.wait_for(getting, 5)
    assert room in follower.rooms
    assert position_at(follower.upto) == chappe.log.heads[follower.shard]


async def test_who_took_the_rooms_goes_on_with_what_they_took(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    followers = house.chappe.syncing.followers
    follower = await followers.get(UserID(ben.user_id))
    rooms, joined = follower.rooms, follower.joined
    (await ben.join(room)).ok()
    await followers.get(UserID(ben.user_id))
    assert room in follower.rooms
    assert (rooms, joined) == ({}, {})
