"""However much happens in a room, gateways are told of a bounded number of events, and of the newest."""

import asyncio
import contextlib

import pytest

from chappe.ids import UserID
from chappe.push import Deliveries, pace
from chappe.push.deliveries import MAX_AT_ONCE, MAX_WAITING
from chappe.push.pace import Pace
from tests.house import Clock, House
from tests.push.gateway import GatewayServer
from tests.push.test_deliveries import friends, quiet, with_phone

pytestmark = pytest.mark.anyio

ANN, BEN = UserID("@ann:localhost"), UserID("@ben:localhost")


def test_a_burst_passes_and_then_a_steady_drip() -> None:
    clock = Clock()
    kept = Pace(clock, burst=5, per_second=0.1)
    for _ in range(5):
        assert kept.wait_s(ANN) == 0
        kept.count(ANN)
    assert 9 < kept.wait_s(ANN) <= 10
    assert kept.wait_s(BEN) == 0
    clock.advance(10)
    assert kept.wait_s(ANN) == 0
    kept.count(ANN)
    assert kept.wait_s(ANN) > 9
    clock.advance(1_000)
    for _ in range(5):
        assert kept.wait_s(ANN) == 0
        kept.count(ANN)
    assert kept.wait_s(ANN) > 9


def test_the_people_remembered_are_bounded() -> None:
    kept = Pace(Clock())
    for number in range(pace.MAX_KEPT + 10):
        kept.count(UserID(f"@{number}:localhost"))
    assert len(kept._used_up) == pace.MAX_KEPT


async def test_what_is_held_back_is_told_later_the_newest_of_it(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    deliveries = house.chappe.resources.of(Deliveries)
    deliveries.pace = Pace(house.clock, burst=3, per_second=0.000_1)
    for number in range(3):
        await ann.send(room_id, f"early {number}")
        await gateway.until(number + 1)
    last = [await ann.send(room_id, f"late {number}") for number in range(MAX_WAITING + 5)]
    await quiet(gateway, 3)
    [held] = deliveries._tasks.values()
    held.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await held
    deliveries.pace = Pace(house.clock)
    await deliveries.wake(UserID(ben.user_id))
    told = (await gateway.until(3 + MAX_WAITING))[3:]
    assert [one["event_id"] for one in told] == last[5:]
    assert told[-1]["counts"] == {"unread": 3 + len(last)}


async def test_gateways_that_do_not_answer_hold_few_connections_of_one_person(house: House) -> None:
    held = asyncio.Event()
    connections = 0

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await held.wait()
        writer.close()

    gateways = [await asyncio.start_server(never, "127.0.0.1", 0) for _ in range(2)]
    ann, ben, room_id = await friends(house)
    for number in range(MAX_AT_ONCE + 4):
        gateway = GatewayServer()
        gateway.port = gateways[number % 2].sockets[0].getsockname()[1]
        await with_phone(ben, gateway, f"key {number}")
    await ann.send(room_id, "Anybody?")
    deliveries = house.chappe.resources.of(Deliveries)
    async with asyncio.timeout(10):
        while len(deliveries._tasks) < MAX_AT_ONCE + 4 or connections < MAX_AT_ONCE:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0.01)
    for _ in range(50):
        await asyncio.sleep(0.01)
    assert connections == MAX_AT_ONCE
    await deliveries.close()
    held.set()
    for server in gateways:
        server.close()
