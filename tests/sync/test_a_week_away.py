"""Somebody comes back after a week, to a thousand rooms in which was talked."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROOMS = {"sqlite": 1_000, "postgres": 200}
"""The counting is the same on both; going through a thousand rooms takes PostgreSQL two minutes in a test."""
AT_ONCE = 50
WEEK_S = 7 * 24 * 3600
THREADED = json.dumps({"room": {"timeline": {"limit": 1, "unread_thread_notifications": True}}})


async def each_room(work: Any, rooms: list[Any]) -> list[Any]:
    """The same for every room, some at a time."""
    done: list[Any] = []
    for first in range(0, len(rooms), AT_ONCE):
        done += await asyncio.gather(*map(work, rooms[first : first + AT_ONCE]))
    return done


async def test_what_is_unread_in_a_thousand_rooms_and_their_threads(house: House, engine: str) -> None:
    """Every room has another mixture: messages, mentions, threads, mentions in threads; a tenth is silent."""
    anna, ben = await house.person("anna"), await house.person("ben")

    async def make(number: int) -> tuple[int, str]:
        room_id = await anna.create_room(preset="public_chat", name=f"Room {number}")
        (await ben.join(room_id)).ok()
        return number, room_id

    rooms: list[tuple[int, str]] = await each_room(make, list(range(ROOMS[engine])))
    roots = dict(await each_room(lambda room: _root(anna, room[1]), rooms))
    await each_room(lambda room: _read(ben, room[1], roots[room[1]]), rooms)
    first = await ben.sync(filter=THREADED)
    assert {_unread(first["rooms"]["join"][room_id]) for _, room_id in rooms} == {(0, 0, ())}

    house.clock.advance(WEEK_S)
    await each_room(lambda room: _talk(anna, ben, room[0], room[1], roots[room[1]]), rooms)
    await house.settle()

    back = (await ben.sync(filter=THREADED))["rooms"]["join"]
    for number, room_id in rooms:
        if _silent(number):
            assert room_id not in back
        else:
            assert _unread(back[room_id]) == _expected(number, roots[room_id]), number
    whole = (await (await ben.another_device()).sync(filter=THREADED))["rooms"]["join"]
    for number, room_id in rooms:
        assert _unread(whole[room_id]) == _expected(number, roots[room_id]), number
    without_threads = (await (await ben.another_device()).sync())["rooms"]["join"]
    for number, room_id in rooms:
        count, highlights, threads = _expected(number, roots[room_id])
        count += sum(unread for _, unread, _ in threads)
        highlights += sum(mentions for _, _, mentions in threads)
        assert _unread(without_threads[room_id]) == (count, highlights, ()), number


def _silent(number: int) -> bool:
    return number % 10 == 9


def _plan(number: int) -> tuple[int, int, int, int]:
    """Messages of a room, mentions among them; messages of its thread, mentions among those."""
    if _silent(number):
        return 0, 0, 0, 0
    messages, in_thread = 1 + number % 3, number % 4
    return messages, min(messages, number % 2), in_thread, min(in_thread, number // 4 % 2)


def _expected(number: int, root: str) -> tuple[int, int, tuple[tuple[str, int, int], ...]]:
    messages, mentions, in_thread, mentions_in_thread = _plan(number)
    return messages, mentions, ((root, in_thread, mentions_in_thread),) if in_thread else ()


async def _root(anna: Person, room_id: str) -> tuple[str, str]:
    return room_id, await anna.send(room_id, "What shall we eat?")


async def _read(ben: Person, room_id: str, event_id: str) -> None:
    (await ben.post(f"/rooms/{quote(room_id)}/receipt/m.read/{quote(event_id)}", {})).ok()


async def _talk(anna: Person, ben: Person, number: int, room_id: str, root: str) -> None:
    messages, mentions, in_thread, mentions_in_thread = _plan(number)
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [ben.user_id]}}
    thread: dict[str, Any] = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    for left in range(messages, 0, -1):
        await anna.send(room_id, "Soup.", **(mention if left <= mentions else {}))
    for left in range(in_thread, 0, -1):
        await anna.send(room_id, "With bread.", **thread, **(mention if left <= mentions_in_thread else {}))


def _unread(room: Any) -> tuple[int, int, tuple[tuple[str, int, int], ...]]:
    counts = room["unread_notifications"]
    threads = room.get("unread_thread_notifications", {})
    found = ((root, each["notification_count"], each["highlight_count"]) for root, each in threads.items())
    return counts["notification_count"], counts["highlight_count"], tuple(one for one in found if one[1] or one[2])
