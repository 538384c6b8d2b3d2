"""Joining once more while the first join is still on its way to the person's own stream."""

import asyncio

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio


async def test_every_answer_to_a_join_means_that_sync_shows_the_room(house: House) -> None:
    alice, bob = await house.person("alice"), await house.person("bob")
    for _ in range(5):
        room = await alice.create_room(preset="public_chat")

        async def join_and_look(room: str = room) -> bool:
            (await bob.join(room)).ok()
            return room in (await bob.get("/joined_rooms")).ok()["joined_rooms"]

        assert await asyncio.gather(*(join_and_look() for _ in range(20))) == [True] * 20
