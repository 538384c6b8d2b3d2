"""Imposing and lifting: from the register, in its shard, once, several at a time."""

import pytest

from chappe.errors import Errcode, Refused
from chappe.restrictions import Kind, Measure, Restrictions, sweep
from chappe.restrictions.store import of_subject
from tests.house import House, gather_at_once
from tests.restrictions.imposing import decided, restriction, reversed_

pytestmark = pytest.mark.anyio

EVENT = "$" + "e" * 43
ROOM = "!room:localhost"
SHA = "0" * 64


def known(house: House) -> Restrictions:
    return house.chappe.resources.of(Restrictions)


async def test_what_is_imposed_holds_when_the_decision_is_answered_and_no_longer_once_it_is_lifted(
    house: House,
) -> None:
    closed = restriction(Kind.ROOM, ROOM, Measure.CLOSED)
    assert await known(house).on_room(ROOM, None) is None
    await decided(house, closed)
    assert await known(house).on_room(ROOM, None) == closed
    await reversed_(house, closed)
    assert await known(house).on_room(ROOM, None) is None


async def test_the_same_restriction_again_is_the_same_and_lifting_twice_is_lifting_once(house: House) -> None:
    blocked = restriction(Kind.MEDIA, SHA, Measure.BLOCKED)
    await gather_at_once(*[decided(house, blocked) for _ in range(20)])
    assert len(await of_subject(house.chappe.database, Kind.MEDIA, SHA)) == 1
    await gather_at_once(*[reversed_(house, blocked) for _ in range(20)])
    assert await of_subject(house.chappe.database, Kind.MEDIA, SHA) == []


async def test_of_several_on_one_subject_lifting_one_leaves_the_others(house: House) -> None:
    one, other = (restriction(Kind.MEDIA, SHA, Measure.BLOCKED) for _ in range(2))
    await decided(house, one, other)
    await reversed_(house, one)
    assert await known(house).on_media("mxc://localhost/x", SHA, None) == other


async def test_a_timed_one_begins_and_ends_by_itself_and_is_then_swept(house: House) -> None:
    now = house.clock.ms
    timed = restriction(Kind.ROOM, ROOM, Measure.CLOSED, since=now + 60_000, until=now + 120_000)
    await decided(house, timed)
    assert await known(house).on_room(ROOM, None) is None
    house.clock.advance(61)
    assert await known(house).on_room(ROOM, None) == timed
    assert await sweep(house.chappe.bus, house.chappe.database, house.clock.ms) == 0
    house.clock.advance(61)
    assert await known(house).on_room(ROOM, None) is None
    assert await sweep(house.chappe.bus, house.chappe.database, house.clock.ms) == 1
    assert await of_subject(house.chappe.database, Kind.ROOM, ROOM) == []


async def test_a_clock_that_is_set_back_ends_nothing(house: House) -> None:
    closed = restriction(Kind.ROOM, ROOM, Measure.CLOSED, since=house.clock.ms)
    await decided(house, closed)
    house.clock.advance(-3_600)
    assert await known(house).on_room(ROOM, None) == closed


async def test_what_holds_is_known_again_after_a_start(house: House) -> None:
    on_event = restriction(Kind.EVENT, EVENT, Measure.WITHHELD, within=ROOM)
    on_media = restriction(Kind.MEDIA, SHA, Measure.BLOCKED)
    await decided(house, on_event, on_media)
    fresh = Restrictions(house.chappe.database, house.clock, known(house)._territories, "")
    assert not fresh.concerns(ROOM)
    await fresh.begin()
    assert fresh.concerns(ROOM)
    assert await fresh.on_media("mxc://localhost/x", SHA, None) == on_media
    view = await fresh.view(ROOM, None)
    assert view is not None
    held = view.on_event(EVENT)
    assert held is not None
    assert held.restriction == on_event


@pytest.mark.parametrize(
    "wrong",
    [
        restriction(Kind.EVENT, EVENT, Measure.REMOVED),
        restriction(Kind.EVENT, EVENT, Measure.CLOSED, within=ROOM),
        restriction(Kind.EVENT, "$short", Measure.REMOVED, within=ROOM),
        restriction(Kind.ROOM, ROOM, Measure.CLOSED, within=ROOM),
        restriction(Kind.ROOM, ROOM, Measure.CLOSED, territories=("de",)),
        restriction(Kind.ACCOUNT, "@a:localhost", Measure.LOCKED, territories=("DE",)),
        restriction(Kind.MEDIA, SHA.upper().replace("0", "A"), Measure.BLOCKED),
        restriction(Kind.MEDIA, SHA, Measure.BLOCKED, since=5, until=5),
        restriction(Kind.MEDIA, SHA, Measure.BLOCKED, told={"name": "somebody"}),
        restriction(Kind.MEDIA, SHA, Measure.BLOCKED, decision=""),
    ],
)
async def test_what_could_not_be_obeyed_refuses_the_decision(house: House, wrong: object) -> None:
    with pytest.raises(Refused) as refused:
        await decided(house, wrong)  # type: ignore[arg-type]  # each is one
    assert refused.value.code is Errcode.INVALID_PARAM
