"""What a change costs: something for each room of the person, and nothing for each member of a room."""

import sys
import time
from collections import Counter
from types import FrameType
from typing import Any

from chappe.ids import DeviceID, RoomID, UserID
from chappe.presence import Joined, Presence, State, marks, presence
from chappe.stream import Device, Log, Shard
from tests.house import Clock

ROOMS = [f"!r{number}:localhost" for number in range(40)]
JOINED: Joined = {Shard(7): frozenset(ROOMS)}


class Member:
    """Somebody whose /sync waits for news of the rooms."""

    def __init__(self, log: Log) -> None:
        self.woken = 0
        for room_id in ROOMS:
            log.watch(room_id, self)

    def wake(self, key: str) -> None:
        self.woken += 1


def device(name: str) -> Device:
    return Device(UserID(f"@{name}:localhost"), DeviceID("D"))


def fresh() -> tuple[Log, Clock, Presence]:
    log, clock = Log([0] * 257, "history"), Clock()
    return log, clock, Presence(log, clock)


def calls_of_a_change(members: int) -> tuple[Counter[str], list[Member]]:
    """Every call that is made while one of so many members goes online, by name."""
    log, _, there = fresh()
    watchers = [Member(log) for _ in range(members)]
    for number in range(members):
        there.set(device(f"m{number}"), State.ONLINE, None, JOINED)
    counted: Counter[str] = Counter()

    def count(frame: FrameType, kind: str, argument: Any) -> None:
        if kind == "call":
            counted[frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name] += 1
        elif kind == "c_call":
            counted[argument.__name__] += 1

    sys.setprofile(count)
    try:
        there.set(device("anna"), State.ONLINE, "Here", JOINED)
    finally:
        sys.setprofile(None)
    return counted, watchers


def test_a_change_in_rooms_of_two_thousand_costs_what_it_does_in_rooms_of_two() -> None:
    few, _ = calls_of_a_change(2)
    many, watchers = calls_of_a_change(2_000)
    assert sum(few.values()) > len(ROOMS)
    # A room that is full of marks lets go of one for each that it takes: a call or two for each room.
    assert sum(many.values()) <= sum(few.values()) + 3 * len(ROOMS)
    assert not any(member.woken for member in watchers)


def test_a_change_takes_less_than_a_tenth_of_a_millisecond() -> None:
    log, _, there = fresh()
    for number in range(2_000):
        there.set(device(f"m{number}"), State.ONLINE, None, JOINED)
    states = (State.UNAVAILABLE, State.ONLINE)
    began = time.process_time()
    for number in range(1_000):
        there.set(device(f"m{number}"), states[number % 2], f"{number}", JOINED)
    assert (time.process_time() - began) / 1_000 < 0.000_1
    assert log.ephemeral == 3_000


def test_memory_is_bounded() -> None:
    _, _, there = fresh()
    everyone: Joined = {Shard(7): frozenset({"!all:localhost"})}
    for number in range(marks.MAX_IN_ROOM + 50):
        there.set(device(f"m{number}"), State.ONLINE, None, everyone)
    assert len(there._marks) == marks.MAX_IN_ROOM
    newest = UserID(f"@m{marks.MAX_IN_ROOM + 49}:localhost")
    told = there.changes(everyone, 0, frozenset())
    assert len(told) == presence.MAX_TOLD
    assert next(iter(told)) == newest
    kept = marks.Marks()
    for number in range(600):
        kept.put([f"!{number}-{room}" for room in range(2_000)], newest, number)
    assert len(kept) <= marks.MAX_MARKS
    assert list(kept.since("!599-7", 0)) == [newest]


def test_many_devices_of_one_person_and_many_people() -> None:
    _, _, there = fresh()
    anna = UserID("@anna:localhost")
    for number in range(presence.MAX_DEVICES + 10):
        with there.poll(Device(anna, DeviceID(f"D{number}")), State.ONLINE, JOINED):
            pass
    person = there.of(anna)
    assert person is not None
    assert len(person.devices) == presence.MAX_DEVICES
    assert not person.polls
    for number in range(presence.MAX_PEOPLE + 10):
        there.set(device(f"n{number}"), State.ONLINE, None, {})
    assert len(there._people) == presence.MAX_PEOPLE
    assert there.of(anna) is None


def test_whoever_was_forgotten_or_left_does_no_harm() -> None:
    _, clock, there = fresh()
    with there.poll(device("anna"), State.ONLINE, JOINED):
        there._forget(device("anna").user_id)
    clock.advance(1_000)
    assert there.changes({Shard(7): frozenset({RoomID(ROOMS[0])})}, 0, frozenset()) == {}
    there.act(UserID("@nobody:localhost"))
    assert there.of(UserID("@nobody:localhost")) is None
