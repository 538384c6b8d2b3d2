"""Making rooms, over HTTP, on both engines."""

from typing import Any

import pytest

from chappe.errors import Refused
from chappe.events.versions import ROOM_VERSIONS
from chappe.ids import UserID
from chappe.rooms.create import RESERVED_MS, Plan, make_room, plan_room
from chappe.rooms.presets import NewRoom
from chappe.stream import REGISTER, Command, Device, shard_of
from tests.house import House, Person, gather_at_once
from tests.rooms.looking import content, event_types, membership, state

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("wishes", "join_rule", "guests"),
    [
        ({}, "invite", "can_join"),
        ({"visibility": "public"}, "public", "forbidden"),
        ({"visibility": "private"}, "invite", "can_join"),
        ({"preset": "public_chat"}, "public", "forbidden"),
        ({"preset": "private_chat", "visibility": "public"}, "invite", "can_join"),
        ({"preset": "trusted_private_chat"}, "invite", "can_join"),
    ],
)
async def test_presets(anna: Person, wishes: dict[str, Any], join_rule: str, guests: str) -> None:
    room = await anna.create_room(**wishes)
    assert (await content(anna, room, "m.room.join_rules"))["join_rule"] == join_rule
    assert (await content(anna, room, "m.room.history_visibility"))["history_visibility"] == "shared"
    assert (await content(anna, room, "m.room.guest_access"))["guest_access"] == guests
    listed = (await anna.get(f"/directory/list/room/{room}")).ok()["visibility"]
    assert listed == wishes.get("visibility", "private")


@pytest.mark.parametrize("version", ROOM_VERSIONS)
async def test_every_room_version(house: House, anna: Person, bob: Person, version: str) -> None:
    room = await anna.create_room(room_version=version, preset="trusted_private_chat", invite=[bob.user_id])
    create = await content(anna, room, "m.room.create")
    levels = await content(anna, room, "m.room.power_levels")
    assert create["room_version"] == version
    assert (":" in room) == (version != "12")
    assert create.get("creator") == (anna.user_id if int(version) < 11 else None)
    if version == "12":
        assert create["additional_creators"] == [bob.user_id]
        assert levels["users"] == {}
        assert levels["events"]["m.room.tombstone"] > levels["state_default"]
    else:
        assert "additional_creators" not in create
        assert levels["users"] == {anna.user_id: 100, bob.user_id: 100}
    assert (await bob.join(room)).status == 200
    # The invitee has the creator's power: here, that of changing the levels.
    assert (await bob.set_state(room, "m.room.power_levels", {**levels, "ban": 60})).status == 200


async def test_the_events_come_in_the_order_of_the_specification(anna: Person, bob: Person) -> None:
    room = await anna.create_room(
        name="The pub",
        topic="Beer",
        room_alias_name="pub",
        invite=[bob.user_id],
        is_direct=True,
        creation_content={"m.federate": False, "type": "org.example.pub", "creator": "@eve:localhost"},
        initial_state=[
            {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "org.example.x", "state_key": "k", "content": {"a": 1}},
            {"type": "m.room.join_rules", "content": {"join_rule": "knock"}},
            {"type": "m.room.name", "content": {"name": "overwritten"}},
        ],
        power_level_content_override={"events_default": 10, "users": {anna.user_id: 100, bob.user_id: 10}},
        room_version="10",
        preset="public_chat",
    )
    assert await event_types(anna, room) == [
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.canonical_alias",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.encryption",
        "org.example.x",
        "m.room.join_rules",
        "m.room.name",
        "m.room.topic",
        "m.room.member",
    ]
    create = await content(anna, room, "m.room.create")
    assert create == {
        "m.federate": False,
        "type": "org.example.pub",
        "creator": anna.user_id,
        "room_version": "10",
    }
    levels = await content(anna, room, "m.room.power_levels")
    assert (levels["events_default"], levels["users"], levels["kick"]) == (10, {anna.user_id: 100, bob.user_id: 10}, 50)
    assert await content(anna, room, "m.room.canonical_alias") == {"alias": "#pub:localhost"}
    assert (await content(anna, room, "m.room.join_rules"))["join_rule"] == "knock"
    assert (await content(anna, room, "m.room.name")) == {"name": "The pub"}
    topic = await content(anna, room, "m.room.topic")
    assert topic["topic"] == "Beer"
    assert topic["m.topic"]["m.text"] == [{"mimetype": "text/plain", "body": "Beer"}]
    invited = await membership(anna, room, bob.user_id)
    assert (invited["membership"], invited["is_direct"]) == ("invite", True)
    assert (await anna.get("/directory/room/%23pub:localhost")).ok()["room_id"] == room


REFUSED_WISHES: list[tuple[dict[str, Any], int, str]] = [
    ({"room_version": "5"}, 400, "M_UNSUPPORTED_ROOM_VERSION"),
    ({"room_version": ""}, 400, "M_UNSUPPORTED_ROOM_VERSION"),
    ({"room_version": 12}, 400, "M_BAD_JSON"),
    ({"preset": "secret_chat"}, 400, "M_BAD_JSON"),
    ({"visibility": "hidden"}, 400, "M_BAD_JSON"),
    ({"invite": "bob"}, 400, "M_BAD_JSON"),
    ({"invite": ["bob"]}, 400, "M_INVALID_PARAM"),
    ({"invite": ["@bob:elsewhere.org"]}, 403, "M_FORBIDDEN"),
    ({"invite": [f"@p{n}:localhost" for n in range(101)]}, 400, "M_INVALID_PARAM"),
    ({"invite": ["@anna:localhost"]}, 400, "M_INVALID_ROOM_STATE"),
    ({"invite_3pid": [{"medium": "email", "address": "x@example.org"}]}, 403, "M_FORBIDDEN"),
    ({"room_alias_name": "a:b"}, 400, "M_INVALID_PARAM"),
    ({"room_alias_name": "#a"}, 400, "M_INVALID_PARAM"),
    ({"room_alias_name": "a b"}, 400, "M_INVALID_PARAM"),
    ({"room_alias_name": ""}, 400, "M_INVALID_PARAM"),
    ({"room_alias_name": "a" * 300}, 400, "M_INVALID_PARAM"),
    ({"room_alias_name": "a\0b"}, 400, "M_INVALID_PARAM"),
    ({"initial_state": [{"type": "x", "content": 1}]}, 400, "M_BAD_JSON"),
    ({"initial_state": [{"content": {}}]}, 400, "M_BAD_JSON"),
    ({"initial_state": [{"type": "x", "content": {"a": 1.5}}]}, 400, "M_BAD_JSON"),
    ({"initial_state": [{"type": "x", "content": {"a": "b" * 70_000}}]}, 413, "M_TOO_LARGE"),
    ({"initial_state": [{"type": "m.room.create", "content": {}}]}, 400, "M_INVALID_ROOM_STATE"),
    ({"initial_state": [{"type": "x", "content": {}}] * 101}, 400, "M_INVALID_PARAM"),
    ({"initial_state": [{"type": "x\0", "content": {}}]}, 400, "M_INVALID_PARAM"),
    ({"creation_content": {"additional_creators": "x"}}, 400, "M_INVALID_PARAM"),
    ({"creation_content": {"additional_creators": ["x"]}}, 400, "M_INVALID_PARAM"),
    ({"creation_content": {"a": 2**60}}, 400, "M_BAD_JSON"),
    ({"power_level_content_override": {"users": {"@anna:localhost": 100}}}, 400, "M_INVALID_ROOM_STATE"),
    ({"power_level_content_override": {"users": {"anna": 100}}}, 400, "M_BAD_JSON"),
    ({"power_level_content_override": {"ban": "50"}}, 400, "M_BAD_JSON"),
    ({"room_version": "11", "power_level_content_override": {"users": {}}}, 400, "M_INVALID_ROOM_STATE"),
    ({"name": 5}, 400, "M_BAD_JSON"),
]


async def test_wishes_that_are_refused_leave_nothing(house: House, anna: Person) -> None:
    for wishes, status, errcode in REFUSED_WISHES:
        said = await anna.post("/createRoom", {"room_alias_name": "kept", **wishes})
        assert (said.status, said.errcode) == (status, errcode), f"{str(wishes)[:200]}: {said.text}"
        assert len(said.json["error"]) > 10
        for table in ("room", "event", "room_alias", "public_room", "user_room"):
            assert await house.chappe.database.fetch(f"SELECT * FROM {table}") == [], f"{str(wishes)[:200]}: {table}"
    # The alias that came with each of them is free again at once.
    await anna.create_room(room_alias_name="kept")


async def test_an_alias_is_taken_once(anna: Person, bob: Person) -> None:
    room = await anna.create_room(room_alias_name="pub")
    said = await bob.post("/createRoom", {"room_alias_name": "pub"})
    assert (said.status, said.errcode) == (400, "M_ROOM_IN_USE")
    assert (await bob.get("/directory/room/%23pub:localhost")).ok()["room_id"] == room


async def test_of_fifty_rooms_with_one_alias_one_is_made(house: House, anna: Person) -> None:
    said = await gather_at_once(*(anna.post("/createRoom", {"room_alias_name": "pub"}) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [400] * 49
    assert {one.errcode for one in said if one.status == 400} == {"M_ROOM_IN_USE"}
    made = [one.json["room_id"] for one in said if one.status == 200]
    assert (await anna.get("/joined_rooms")).ok()["joined_rooms"] == made
    assert (await anna.get("/directory/room/%23pub:localhost")).ok()["room_id"] == made[0]


async def test_rooms_made_in_the_same_millisecond_are_different(house: House, anna: Person) -> None:
    house.clock.now_ms = lambda: 1_700_000_000_000  # type: ignore[method-assign]  # time stands still
    rooms = await gather_at_once(*(anna.create_room() for _ in range(20)))
    assert len(set(rooms)) == 20


async def test_a_reservation_whose_room_never_came_runs_out(house: House, anna: Person, bob: Person) -> None:
    """As after a crash between the two acts."""
    wishes, device = NewRoom(room_alias_name="pub"), Device(UserID(anna.user_id))
    await house.chappe.bus.call(REGISTER, Command(plan_room, device, (wishes,)))
    assert (await bob.get("/directory/room/%23pub:localhost")).errcode == "M_NOT_FOUND"
    assert (await bob.post("/createRoom", {"room_alias_name": "pub"})).errcode == "M_ROOM_IN_USE"
    house.clock.advance(RESERVED_MS / 1000 + 1)
    room = await bob.create_room(room_alias_name="pub")
    assert (await bob.get("/directory/room/%23pub:localhost")).ok()["room_id"] == room


async def test_a_room_is_not_made_once_its_reservation_may_be_over(house: House, anna: Person) -> None:
    wishes, device = NewRoom(room_alias_name="pub"), Device(UserID(anna.user_id))
    plan = await house.chappe.bus.call(REGISTER, Command(plan_room, device, (wishes,)))
    assert isinstance(plan, Plan)
    house.clock.advance(RESERVED_MS / 1000)
    with pytest.raises(Refused):
        await house.chappe.bus.call(shard_of(plan.room_id), Command(make_room, device, (wishes, plan)))
    assert (await anna.get("/joined_rooms")).ok() == {"joined_rooms": []}


async def test_a_confirmation_that_comes_late_still_finds_its_alias(house: House, anna: Person, bob: Person) -> None:
    """As after a crash right after the room's commit: its effect waits in the outbox, the reservation is over."""
    room = await anna.create_room(room_alias_name="pub")
    writer = house.chappe.writer
    writer.lazily("UPDATE room_alias SET reserved_until = 1 WHERE room_id = $1", room)
    await writer.drain()
    assert (await bob.post("/createRoom", {"room_alias_name": "pub"})).errcode == "M_ROOM_IN_USE"


async def test_state_is_complete(anna: Person) -> None:
    room = await anna.create_room(name="N")
    assert {kind for kind, _ in await state(anna, room)} == {
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.name",
    }


async def test_a_membership_of_what_is_no_user_is_refused(anna: Person) -> None:
    for state_key in ("", "bob", "@bob", "@b\0b:localhost", "@b\n:localhost"):
        wish = {"type": "m.room.member", "state_key": state_key, "content": {"membership": "invite"}}
        said = await anna.post("/createRoom", {"initial_state": [wish]})
        assert (said.status, said.errcode) == (400, "M_INVALID_ROOM_STATE"), state_key
    assert (await anna.get("/joined_rooms")).ok() == {"joined_rooms": []}
