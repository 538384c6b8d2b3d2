"""The deltas that are kept for those who wait for the same."""

import pytest

from chappe.ids import RoomID
from chappe.rooms import Tails
from chappe.stream import Place, place, shard_of
from chappe.sync.delta import Deltas, View
from chappe.timeline.filters import EventFilter
from tests.house import House

pytestmark = pytest.mark.anyio

BUDGET_BYTES = 100_000


async def test_what_is_kept_is_bounded_in_bytes_however_clients_vary_what_they_ask(house: House) -> None:
    alice = await house.person("alice")
    room_id = RoomID(await alice.create_room())
    for _ in range(4):
        await alice.send(room_id, "m" * 5_000)
    deltas = Deltas(house.chappe.database, house.chappe.resources.of(Tails), house.clock, BUDGET_BYTES)
    start, head = place(shard_of(room_id), 0), house.chappe.log.head_of(room_id)
    views = [View(EventFilter(not_types=(f"org.example.{number}",)), EventFilter(), 100) for number in range(20)]
    made = []
    for view in views:
        made.append(await deltas.between(room_id, start, head, view))
        assert len(made[-1].rendered) > 20_000
        assert 20_000 < deltas.kept_bytes <= BUDGET_BYTES
    assert await deltas.between(room_id, start, head, views[-1]) is made[-1]


async def test_a_delta_larger_than_all_that_may_be_kept_is_not_kept(house: House) -> None:
    alice = await house.person("alice")
    room_id = RoomID(await alice.create_room())
    deltas = Deltas(house.chappe.database, house.chappe.resources.of(Tails), house.clock, 10)
    await deltas.between(room_id, Place(0), house.chappe.log.head_of(room_id), View(EventFilter(), EventFilter(), 10))
    assert deltas.kept_bytes == 0
