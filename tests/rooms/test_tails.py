"""The tails of busy rooms: complete as far as they say, and bounded in events, rooms and bytes."""

import random

import pytest

from chappe.ids import RoomID
from chappe.rooms import Tails
from chappe.rooms.stored import StoredEvent
from chappe.rooms.tails import MAX_EVENT_BYTES, MAX_TAIL_BYTES, MAX_TAIL_EVENTS, MAX_TAILS
from chappe.stream import Place
from tests.house import House


def event(place: int, room: str, size: int) -> StoredEvent:
    return StoredEvent(
        place=Place(place),
        room_id=RoomID(room),
        origin_server_ts=0,
        counted=0,
        replaces=None,
        redacted_by=None,
        device_id=None,
        txn_id=None,
        client_json=b"x" * size,
    )


def kept(tails: Tails) -> list[StoredEvent]:
    return [one for tail in tails._tails.values() for one in tail.events]


def test_a_tail_tells_all_or_nothing() -> None:
    chance = random.Random(7)
    tails, history = Tails(), list[StoredEvent]()
    told = 0
    for place in range(1, 2_000):
        one = event(place, f"!{chance.randrange(3)}", chance.choice((100, 100, 100, MAX_EVENT_BYTES + 1)))
        history.append(one)
        tails.add(one)
        if chance.random() < 0.02:
            tails.forget(RoomID("!1"))
        room, after = f"!{chance.randrange(3)}", place - chance.randrange(60)
        answer = tails.between(RoomID(room), Place(after), Place(place))
        if answer is not None:
            told += bool(answer)
            assert answer == [one for one in history if one.room_id == room and one.place > after]
    assert told > 200


def test_an_event_of_sixteen_kibibytes_is_kept_and_a_larger_one_is_not() -> None:
    tails = Tails()
    for place, size in ((5, MAX_EVENT_BYTES), (7, MAX_EVENT_BYTES + 1), (9, 10)):
        tails.add(event(place, "!a", size))
        between = tails.between(RoomID("!a"), Place(place - 1), Place(place))
        assert (between is None) == (place == 7)
    assert [one.place for one in kept(tails)] == [9]
    assert tails.between(RoomID("!a"), Place(7), Place(9)) == kept(tails)


def test_all_tails_together_are_bounded_in_bytes() -> None:
    tails = Tails()
    for place in range(1, 4_001):
        tails.add(event(place, f"!{place % 500}", MAX_EVENT_BYTES))
    held = sum(len(one.client_json) for one in kept(tails))
    assert 0.9 * MAX_TAIL_BYTES < held <= MAX_TAIL_BYTES
    assert tails.between(RoomID("!0"), Place(3_999), Place(4_000)) is not None, "the latest room has its tail"
    for room in range(500):
        tails.forget(RoomID(f"!{room}"))
    assert tails._bytes == 0


def test_all_tails_together_are_bounded_in_events() -> None:
    tails = Tails()
    for place in range(1, 200_000):
        tails.add(event(place, f"!{place % 5_000}" if place % 2 else "!busy", 0))
    assert len(tails._tails) <= MAX_TAILS
    assert len(tails._tails[RoomID("!busy")].events) == MAX_TAIL_EVENTS


@pytest.mark.anyio
async def test_a_large_message_reaches_who_waits(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    room = await anna.create_room(preset="public_chat")
    await bob.join(room)
    await bob.sync()
    sent = [await anna.send(room, text) for text in ("a", "b" * 40_000, "c")]
    answer = await bob.sync()
    assert [one["event_id"] for one in answer["rooms"]["join"][room]["timeline"]["events"]] == sent
