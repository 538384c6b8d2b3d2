"""What a change costs: the same for somebody in one room and in a thousand, whoever else is there. Work is counted,
and no time is taken."""

from collections.abc import Callable

from chappe.ids import DeviceID, UserID
from chappe.presence import Joined, Presence, State, meetings, presence
from chappe.stream import Device, Log, Shard, shard_of
from tests.house import Clock
from tests.work import counted


def rooms(number: int, first: int = 0) -> Joined:
    """So many rooms, by shard."""
    found: dict[Shard, set[str]] = {}
    for at in range(first, first + number):
        room_id = f"!r{at}:localhost"
        found.setdefault(shard_of(room_id), set()).add(room_id)
    return {shard: frozenset(room_ids) for shard, room_ids in found.items()}


JOINED = rooms(40)
NONE_ANEW: frozenset[str] = frozenset()


class Member:
    """Somebody whose /sync waits for news of the rooms."""

    def __init__(self, log: Log, joined: Joined) -> None:
        self.woken = 0
        for room_ids in joined.values():
            for room_id in room_ids:
                log.watch(room_id, self)

    def wake(self, key: str) -> None:
        self.woken += 1


def device(name: str) -> Device:
    return Device(UserID(f"@{name}:localhost"), DeviceID("D"))


def fresh() -> tuple[Log, Clock, Presence]:
    log, clock = Log([0] * 257, "history"), Clock()
    return log, clock, Presence(log, clock)


def steps(of: Callable[[], object]) -> int:
    """How many lines are gone through while that is done."""
    with counted() as work:
        of()
    return work.lines


def steps_of_a_change(joined: Joined, members: int) -> int:
    """What it takes when one of so many members of the rooms goes online, and another is idle again."""
    log, _, there = fresh()
    watchers = [Member(log, joined) for _ in range(members)]
    for number in range(members):
        there.poll(device(f"m{number}"), State.ONLINE, joined).__enter__()
    anna = device("anna")
    there.set(anna, State.UNAVAILABLE, None, joined)
    before = there.changed_upto
    taken = steps(lambda: there.set(anna, State.ONLINE, "Here", joined))
    taken += steps(lambda: there.set(anna, State.UNAVAILABLE, "Away", joined))
    assert there.changed_upto == before + 2
    assert not any(member.woken for member in watchers)
    return taken


def test_a_change_costs_the_same_whatever_rooms_its_person_is_in() -> None:
    in_one = steps_of_a_change(rooms(1), 2)
    assert in_one > 10
    assert steps_of_a_change(rooms(40), 2) == in_one
    assert steps_of_a_change(rooms(1_000), 2) == in_one


def test_a_change_costs_the_same_whoever_waits_for_news() -> None:
    assert steps_of_a_change(JOINED, 500) == steps_of_a_change(JOINED, 2)


def test_who_goes_silent_is_noticed_at_the_same_cost() -> None:
    def steps_of_silence(joined: Joined) -> int:
        _, clock, there = fresh()
        with there.poll(device("anna"), State.ONLINE, joined):
            pass
        clock.advance(60)
        taken = steps(lambda: there.of(UserID("@nobody:localhost")))
        anna = there.of(device("anna").user_id)
        assert anna is not None
        assert anna.state is State.OFFLINE
        return taken

    assert steps_of_silence(rooms(1_000)) == steps_of_silence(rooms(1))


def test_of_many_who_go_silent_at_once_a_look_takes_notice_of_some() -> None:
    _, clock, there = fresh()
    people = [device(f"m{number}") for number in range(presence.MAX_SWEPT + 20)]
    for one in people:
        there.set(one, State.UNAVAILABLE, None, JOINED)
    clock.advance(60)

    def left() -> int:
        return sum(person.state is not State.OFFLINE for person in there._people.values())

    there.of(people[0].user_id)
    assert left() == 20
    there.of(people[0].user_id)
    assert left() == 0


def test_looking_costs_nothing_for_each_member() -> None:
    """Whoever looks pays for each of their rooms, and for each who changed, but not for those who did not."""

    def steps_of_a_look(members: int) -> int:
        _, _, there = fresh()
        for number in range(members):
            there.set(device(f"m{number}"), State.ONLINE, None, JOINED)
        since = there.changed_upto
        there.set(device("m0"), State.BUSY, None, JOINED)
        told = {}
        taken = steps(lambda: told.update(there.changes(JOINED, since, NONE_ANEW)))
        assert list(told) == [device("m0").user_id]
        return taken

    assert steps_of_a_look(2_000) == steps_of_a_look(2)


def test_rooms_that_are_entered_and_left() -> None:
    _, _, there = fresh()
    bob = device("bob")
    there.set(bob, State.ONLINE, None, rooms(3))
    since = there.changed_upto
    there.set(bob, State.ONLINE, None, rooms(3, first=1))
    assert list(there.changes(rooms(1, first=3), since, NONE_ANEW)) == [bob.user_id]
    assert there.changes(rooms(1), since, NONE_ANEW) == {}
    assert there.changes(rooms(1), -1, NONE_ANEW) == {}
    assert there._meetings.places == 3


def test_memory_is_bounded() -> None:
    _, _, there = fresh()
    everyone = rooms(1)
    most = meetings.MAX_LOOKED_THROUGH + 50
    for number in range(most):
        there.set(device(f"m{number}"), State.ONLINE, None, everyone)
    newest = UserID(f"@m{most - 1}:localhost")
    told = there.changes(everyone, 0, NONE_ANEW)
    assert len(told) == meetings.MAX_TOLD
    assert next(iter(told)) == newest
    assert len(there.changes(everyone, -1, NONE_ANEW)) == meetings.MAX_TOLD
    assert len(there.changes(everyone, 0, frozenset({"!r0:localhost"}))) == meetings.MAX_TOLD


def test_people_of_very_many_rooms_are_forgotten_first_of_all() -> None:
    _, _, there = fresh()
    each = presence.MAX_PLACES // 5
    many = rooms(each)
    for number in range(7):
        there.set(device(f"m{number}"), State.ONLINE, None, many)
    assert there._meetings.places == 5 * each
    assert list(there._people) == [device(f"m{number}").user_id for number in range(2, 7)]
    assert set(there.changes(many, 0, NONE_ANEW)) == set(there._people)


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
    assert there.changes(JOINED, 0, NONE_ANEW) == {}
    assert there._meetings.places == 0
    there.act(UserID("@nobody:localhost"))
    assert there.of(UserID("@nobody:localhost")) is None
