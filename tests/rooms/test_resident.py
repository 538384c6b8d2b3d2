"""What rooms hold in memory is bounded, and forgetting some of it changes nothing. On both engines."""

import asyncio

import pytest

from chappe.errors import Refused
from chappe.events.state import StateEvent
from chappe.events.versions import ROOM_VERSIONS
from chappe.ids import EventID, RoomID, UserID
from chappe.rooms import Rooms
from chappe.rooms.room import MAX_MEMBER_BYTES, MAX_MEMBERS, Room
from chappe.rooms.rooms import MAX_BYTES_IN_MEMORY, MAX_MEMBERS_IN_MEMORY, MAX_RESIDENT_ROOMS
from chappe.rooms.rules import MAX_STATE_BYTES, MAX_STATE_EVENTS, require_state_fits
from tests.house import House, Person, gather_at_once
from tests.rooms.looking import act, membership

pytestmark = pytest.mark.anyio


def new_room(number: int, members: int = 0, size: int = 0) -> Room:
    room = Room(RoomID(f"!r{number}:localhost"), ROOM_VERSIONS["11"])
    room.members = {UserID(f"@p{one}:localhost"): None for one in range(members)}
    room.state_bytes = size
    return room


def put_in(rooms: Rooms, room: Room) -> None:
    rooms._resident[room.room_id] = room
    rooms.count(room)


def counted_right(rooms: Rooms) -> bool:
    resident = rooms._resident.values()
    members = sum(len(room.members) for room in resident)
    size = sum(room.state_bytes + room.member_bytes for room in resident)
    return (members, size) == (rooms._members, rooms._bytes)


async def test_unused_rooms_are_let_go_when_all_together_hold_too_much() -> None:
    kinds = ((0, 0, MAX_RESIDENT_ROOMS), (1_000, 0, MAX_MEMBERS_IN_MEMORY // 1_000), (0, 2**20, 128))
    for members, size, most in kinds:
        rooms = Rooms()
        busy, locked = new_room(0, members, size), new_room(1, members, size)
        busy.pending = 1
        await locked.lock.acquire()
        put_in(rooms, busy)
        put_in(rooms, locked)
        for number in range(2, most + 20):
            put_in(rooms, new_room(number, members, size))
        assert len(rooms) == most
        assert [*rooms._resident][:3] == [busy.room_id, locked.room_id, RoomID("!r22:localhost")], "the oldest went"
        assert counted_right(rooms)
        assert rooms._bytes <= MAX_BYTES_IN_MEMORY


async def test_one_room_with_many_members_does_not_push_out_all_others() -> None:
    rooms = Rooms()
    put_in(rooms, new_room(0, MAX_MEMBERS_IN_MEMORY + 1))
    for number in range(1, 100):
        put_in(rooms, new_room(number))
    assert len(rooms) == 99
    assert counted_right(rooms)


def joined(number: int) -> StateEvent:
    user_id = UserID(f"@p{number}:localhost")
    return StateEvent(EventID(f"$m{number}"), "m.room.member", user_id, user_id, {"membership": "join"})


@pytest.mark.parametrize(("number", "size"), [(MAX_MEMBERS + 1, 300), (300, MAX_MEMBER_BYTES // 300 + 1)])
def test_a_room_forgets_members_but_those_whose_change_may_not_be_durable(number: int, size: int) -> None:
    room = new_room(0)
    for one in range(number - 1):
        room.remember(joined(one), one + 1, size)
    room.forget_surplus_members()
    assert len(room.members) == number - 1
    room.remember(joined(number), number, size)
    room.pending = 1
    room.redact("m.room.member", joined(5).state_key, joined(5).event_id, {"membership": "join"}, 200)
    room.forget_surplus_members()
    if len(room.members) > 1:
        room.remember(joined(number + 1), number, MAX_MEMBER_BYTES)
        room.forget_surplus_members()
    assert list(room.members) == [UserID("@p5:localhost")]
    assert room.member_bytes == 200


async def test_nobody_notices_that_a_room_forgot_members(house: House, anna: Person, bob: Person, carl: Person) -> None:
    room_id = await anna.create_room(preset="public_chat")
    await bob.join(room_id)
    await act(anna, room_id, "ban", user_id=carl.user_id)
    room = house.chappe.resources.of(Rooms)._resident[RoomID(room_id)]
    room.members |= {UserID(f"@p{one}:localhost"): None for one in range(MAX_MEMBERS + 1)}
    assert (await carl.join(room_id)).errcode == "M_FORBIDDEN"
    assert len(room.members) < 10
    await bob.send(room_id, "still here")
    (await bob.leave(room_id)).ok()
    assert (await membership(anna, room_id, bob.user_id))["membership"] == "leave"
    assert set((await anna.get(f"/rooms/{room_id}/joined_members")).ok()["joined"]) == {anna.user_id}
    assert room.joined == 1


async def test_who_waits_for_a_room_that_is_let_go_enters_the_next_copy(house: House, anna: Person) -> None:
    room_id = RoomID(await anna.create_room())
    await house.settle()
    rooms = house.chappe.resources.of(Rooms)
    old = rooms._resident[room_id]
    await old.lock.acquire()
    waiting = asyncio.ensure_future(anna.set_state(room_id, "m.room.name", {"name": "One"}))
    await asyncio.sleep(0.2)
    assert old.lock._waiters, "it waits for its turn"
    old.lock.release()
    rooms._drop(old)
    (await waiting).ok()
    assert rooms._resident[room_id] is not old
    assert counted_right(rooms)


async def test_a_refused_act_leaves_no_unit_pending(house: House, anna: Person) -> None:
    room_id = RoomID(await anna.create_room())
    room = house.chappe.resources.of(Rooms)._resident[room_id]
    assert (await anna.set_state(room_id, "org.example.x", {"a": "b" * 66_000})).status == 413
    await anna.send(room_id, "fine")
    await house.settle()
    assert room.pending == 0
    assert counted_right(house.chappe.resources.of(Rooms))


async def test_a_room_that_is_full_can_be_governed_and_emptied(house: House, anna: Person) -> None:
    room_id = await anna.create_room()
    large = {"a": "x" * 60_000}
    said = await gather_at_once(*(anna.set_state(room_id, "org.example.x", large, f"k{n}") for n in range(150)))
    full = [one for one in said if one.status != 200]
    assert 5 < len(full) < 20
    assert {(one.status, one.errcode) for one in full} == {(403, "M_RESOURCE_LIMIT_EXCEEDED")}
    room = house.chappe.resources.of(Rooms)._resident[RoomID(room_id)]
    assert MAX_STATE_BYTES - 61_000 < room.state_bytes <= MAX_STATE_BYTES
    levels = (await anna.get(f"/rooms/{room_id}/state/m.room.power_levels")).ok()
    levels["events"] |= {f"org.example.{n}": 50 for n in range(2_000)}
    (await anna.set_state(room_id, "m.room.power_levels", levels)).ok()
    assert (await anna.set_state(room_id, "org.example.x", large, "more")).status == 403
    done = next(n for n in range(150) if said[n].status == 200)
    (await anna.set_state(room_id, "org.example.x", {}, f"k{done}")).ok()
    other = next(n for n in range(done + 1, 150) if said[n].status == 200)
    event_id = said[other].json["event_id"]
    (await anna.put(f"/rooms/{room_id}/redact/{event_id}/r", {})).ok()
    (await anna.set_state(room_id, "org.example.x", large, "more")).ok()
    before = room.state_bytes
    rooms = house.chappe.resources.of(Rooms)
    rooms.forget(room)
    (await anna.set_state(room_id, "m.room.power_levels", {**levels, "ban": 51})).ok()
    assert abs(rooms._resident[RoomID(room_id)].state_bytes - before) < 100, "the same as counted anew"
    assert counted_right(rooms)


def test_a_room_has_at_most_so_many_state_events() -> None:
    require_state_fits("org.example.x", "", MAX_STATE_EVENTS, MAX_STATE_BYTES)
    require_state_fits("m.room.server_acl", "", MAX_STATE_EVENTS + 1, MAX_STATE_BYTES + 1)
    for wrong in (
        ("org.example.x", "", MAX_STATE_EVENTS + 1, 0),
        ("org.example.x", "", 1, MAX_STATE_BYTES + 1),
        ("m.room.server_acl", "k", MAX_STATE_EVENTS + 1, 0),
    ):
        with pytest.raises(Refused):
            require_state_fits(*wrong)
