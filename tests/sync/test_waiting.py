"""Waiting for news: nobody is forgotten, nobody waits in vain, and waiting costs nothing."""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from chappe.http.asgi import ASGIFace
from chappe.ids import DeviceID, UserID
from chappe.stream import Device
from chappe.sync.syncing import Wish
from chappe.timeline.filters import SyncFilter
from tests.house import House, Person
from tests.work import counted

pytestmark = pytest.mark.anyio

IDLE_POLLS = 1_000
ROUNDS = 10
BOUND_S = 30
"""A waiter who was forgotten waits longer than this: their requests time out after twice as long."""


def waiting(house: House) -> int:
    """How many requests wait."""
    followers = house.chappe.syncing.followers._followers.values()
    return sum(len(follower.waiting) for follower in followers)


def bodies_in(answer: Any) -> Iterator[str]:
    for section in answer.get("rooms", {}).get("join", {}).values():
        assert section["timeline"]["limited"] is False
        yield from (e["content"]["body"] for e in section["timeline"]["events"] if e["type"] == "m.room.message")


async def listen(person: Person, wanted: int) -> list[str]:
    """Everything said in the person's rooms, until that much was."""
    heard: list[str] = []
    while len(heard) < wanted:
        heard += bodies_in(await person.sync(timeout=2 * BOUND_S * 1000))
    return heard


async def talk(person: Person, rooms: list[str], count: int, chance: random.Random) -> None:
    for number in range(count):
        await person.send(rooms[number % len(rooms)], f"{person.user_id} {number}")
        for _ in range(chance.choice((0, 1, 2, 5))):
            await asyncio.sleep(0)
        if chance.random() < 0.2:
            await asyncio.sleep(0.003)


async def test_whoever_waits_is_told_of_everything_said_meanwhile(house: House) -> None:
    names = ("ann", "ben", "cat")
    people = list(await asyncio.gather(*map(house.person, names)))
    rooms = [await people[0].create_room(preset="public_chat") for _ in range(2)]
    for person in people[1:]:
        for room in rooms:
            (await person.join(room)).ok()
    listeners = [*people, *await asyncio.gather(*(person.another_device() for person in people))]
    for listener in listeners:
        await listener.sync()
    count = 25
    heard = [asyncio.create_task(listen(listener, count * len(people))) for listener in listeners]
    await asyncio.gather(*(talk(person, rooms, count, random.Random(n)) for n, person in enumerate(people)))
    for told in await asyncio.wait_for(asyncio.gather(*heard), BOUND_S):
        assert len(told) == len(set(told)) == count * len(people)
        for person in people:
            for parity in range(2):
                mine = [
                    int(t.split()[1])
                    for t in told
                    if t.startswith(person.user_id + " ") and int(t.split()[1]) % 2 == parity
                ]
                assert mine == sorted(mine), "in one room everybody is heard in order"
    assert waiting(house) == 0


async def test_an_invitation_wakes_and_a_room_just_joined_wakes_as_well(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await ben.sync()
    listening = asyncio.create_task(ben.sync(timeout=60_000))
    await asyncio.sleep(0.02)
    room = await ann.create_room(preset="private_chat", invite=[ben.user_id])
    assert room in (await asyncio.wait_for(listening, 5))["rooms"]["invite"]
    (await ben.join(room)).ok()
    await ben.sync()
    listening = asyncio.create_task(ben.sync(timeout=60_000))
    await asyncio.sleep(0.02)
    await ann.send(room, "welcome")
    assert list(bodies_in(await asyncio.wait_for(listening, 5))) == ["welcome"]


async def test_a_room_that_was_left_wakes_nobody(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    (await ben.join(room)).ok()
    await ben.sync()
    (await ben.leave(room)).ok()
    await ben.sync()
    log = house.chappe.log
    assert not any(watcher.user_id == ben.user_id for watcher in log._watchers.get(room, ()))  # type: ignore[attr-defined]


async def test_without_news_the_answer_comes_when_the_time_is_over(house: House) -> None:
    ann = await house.person("ann")
    await ann.sync()
    began = time.monotonic()
    answer = await asyncio.wait_for(ann.sync(timeout=200), BOUND_S)
    assert time.monotonic() - began > 0.19
    assert "rooms" not in answer
    assert waiting(house) == 0


async def test_a_client_that_goes_away_leaves_nothing_behind(house: House) -> None:
    ann = await house.person("ann")
    since = (await ann.sync())["next_batch"]
    left = asyncio.Event()
    sent: list[Any] = []
    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if requests:
            return requests.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/_matrix/client/v3/sync",
        "raw_path": b"/_matrix/client/v3/sync",
        "query_string": f"since={since}&timeout=60000".encode(),
        "headers": [(b"authorization", f"Bearer {ann.token}".encode())],
        "client": ("127.0.0.1", 1),
    }
    polling = asyncio.create_task(ASGIFace(house.chappe.application)(scope, receive, send))
    await asyncio.sleep(0.05)
    assert waiting(house) == 1
    left.set()
    await asyncio.wait_for(polling, 5)
    assert waiting(house) == 0


async def test_a_request_that_is_cancelled_leaves_nothing_behind(house: House) -> None:
    ann = await house.person("ann")
    await ann.sync()
    polling = asyncio.create_task(ann.sync(timeout=60_000))
    await asyncio.sleep(0.05)
    assert waiting(house) == 1
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    assert waiting(house) == 0


async def lines_of_a_second() -> int:
    """What the server does by itself."""
    with counted() as work:
        await asyncio.sleep(1)
    return work.lines


async def test_a_thousand_who_wait_cost_nothing_until_the_end_and_are_all_answered_then(house: House) -> None:
    syncing = house.chappe.syncing
    ann = await house.person("ann")
    room = await ann.create_room()
    since = (await ann.sync())["next_batch"]
    before = await lines_of_a_second()

    async def poll(number: int) -> bytes:
        device = Device(UserID(f"@idle{number}:localhost"), DeviceID("D"))
        wish = Wish(device, since, SyncFilter(), False, "state", 60.0)
        return await syncing.answer(wish, asyncio.get_running_loop().create_future)

    polls = [asyncio.create_task(poll(number)) for number in range(IDLE_POLLS)]
    async with asyncio.timeout(30):
        while waiting(house) < IDLE_POLLS:  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.05)
    async with asyncio.timeout(BOUND_S):  # their arrival may still have something to do
        while await lines_of_a_second() >= before + IDLE_POLLS:  # a line for each would be something done for each
            pass
    await ann.send(room, "none of their business")
    assert waiting(house) == IDLE_POLLS
    syncing.stop()
    answers = await asyncio.wait_for(asyncio.gather(*polls), 10)
    assert all(b"next_batch" in answer for answer in answers)
    assert waiting(house) == 0


async def test_a_device_hears_of_its_own_event_behind_the_answer_to_its_sending(house: House) -> None:
    ann = await house.person("ann")
    room = await ann.create_room()
    await ann.sync()
    order: list[str] = []

    async def hear(number: int) -> None:
        assert list(bodies_in(await ann.sync(timeout=BOUND_S * 1000))) == [f"hello {number}"]
        order.append("heard")

    for number in range(ROUNDS):
        hearing = asyncio.create_task(hear(number))
        while waiting(house) == 0:  # noqa: ASYNC110  # nothing tells that a request waits
            await asyncio.sleep(0)
        await ann.send(room, f"hello {number}")
        order.append("answered")
        await hearing
    # A machine that stands still for a moment may let the echo win, but not again and again.
    assert [order[at] for at in range(0, 2 * ROUNDS, 2)].count("answered") > ROUNDS / 2
