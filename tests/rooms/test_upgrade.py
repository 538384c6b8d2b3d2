"""Upgrading a room, over HTTP, on both engines."""

from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.rooms.upgrade import make_replacement, plan_upgrade
from chappe.stream import Command, Device, shard_of
from tests.house import House, Person, Said, gather_at_once
from tests.rooms.looking import act, content, membership, state

pytestmark = pytest.mark.anyio

PUB = "/directory/room/%23pub:localhost"


async def upgrade(person: Person, room_id: str, version: str = "12", **more: object) -> Said:
    return await person.post(f"/rooms/{room_id}/upgrade", {"new_version": version, **more})


async def test_a_room_gets_a_replacement(house: House, anna: Person, bob: Person, carl: Person) -> None:
    """upgradeRoom: what is copied, what moves, what stays, and what the old room becomes."""
    old = await anna.create_room(
        room_version="10",
        visibility="public",
        room_alias_name="pub",
        name="The pub",
        topic="Beer",
        creation_content={"m.federate": False, "type": "org.example.pub"},
        initial_state=[
            {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "m.room.server_acl", "content": {"allow": ["*"]}},
            {"type": "m.room.avatar", "content": {"url": "mxc://localhost/a"}},
            {"type": "org.example.x", "content": {"a": 1}},
        ],
        power_level_content_override={"users": {anna.user_id: 100, bob.user_id: 50}, "ban": 60},
    )
    (await bob.join(old)).ok()
    (await act(anna, old, "ban", user_id=carl.user_id)).ok()
    before = await state(anna, old)
    await bob.sync()
    new = (await upgrade(anna, old, "11")).ok()["replacement_room"]
    after, closed = await state(anna, new), await state(anna, old)
    create = after["m.room.create", ""]["content"]
    assert create["room_version"] == "11"
    assert create["predecessor"]["room_id"] == old
    assert create["type"] == "org.example.pub"
    assert create["m.federate"] is False
    for kind in (
        "server_acl", "encryption", "name", "avatar", "topic", "guest_access", "history_visibility", "join_rules",
        "power_levels", "canonical_alias",
    ):  # fmt: skip
        assert after[f"m.room.{kind}", ""]["content"] == before[f"m.room.{kind}", ""]["content"], kind
    assert ("org.example.x", "") not in after
    assert {key for kind, key in after if kind == "m.room.member"} == {anna.user_id, carl.user_id}
    assert (await membership(anna, new, carl.user_id))["membership"] == "ban"
    assert closed["m.room.tombstone", ""]["content"]["replacement_room"] == new
    assert closed["m.room.canonical_alias", ""]["content"] == {}
    levels = closed["m.room.power_levels", ""]["content"]
    assert (levels["events_default"], levels["invite"]) == (50, 50)
    assert (await anna.get(PUB)).ok()["room_id"] == new
    listed = [room["room_id"] for room in (await anna.get("/publicRooms")).ok()["chunk"]]
    assert listed == [new]
    told = (await bob.sync())["rooms"]["join"]
    assert told[old]["timeline"]["events"][0]["type"] == "m.room.tombstone"
    assert (await bob.join(new)).status == 200
    assert (await carl.join(new)).status == 403


@pytest.mark.parametrize(("was", "becomes"), [("6", "12"), ("11", "12"), ("12", "12"), ("12", "11"), ("10", "7")])
async def test_versions(anna: Person, bob: Person, carl: Person, was: str, becomes: str) -> None:
    """Creators of version 12 are not in the power levels; those of others are."""
    old = await anna.create_room(
        room_version=was,
        preset="public_chat",
        initial_state=[{"type": "m.room.join_rules", "content": {"join_rule": "restricted", "allow": []}}],
    )
    more = [carl.user_id, bob.user_id]
    new = (await upgrade(anna, old, becomes, additional_creators=more)).ok()["replacement_room"]
    create, levels = await content(anna, new, "m.room.create"), await content(anna, new, "m.room.power_levels")
    assert create["room_version"] == becomes
    assert create.get("additional_creators") == (more if becomes == "12" else None)
    assert levels["users"] == ({} if becomes == "12" else {anna.user_id: 100})
    rule = (await content(anna, new, "m.room.join_rules"))["join_rule"]
    assert rule == ("invite" if becomes == "7" else "restricted")
    assert (await anna.set_state(new, "m.room.name", {"name": "New"})).status == 200


async def test_levels_written_as_text_become_numbers(anna: Person, bob: Person) -> None:
    old = await anna.create_room(room_version="9")
    levels = await content(anna, old, "m.room.power_levels")
    users = {**levels["users"], bob.user_id: 7}
    (await anna.set_state(old, "m.room.power_levels", {**levels, "users": users, "notifications": {"room": 20}})).ok()
    new = (await upgrade(anna, old, "12", additional_creators=[])).ok()["replacement_room"]
    moved = await content(anna, new, "m.room.power_levels")
    assert moved["users"] == {bob.user_id: 7}
    assert moved["notifications"] == {"room": 20}
    assert moved["events"] == levels["events"]


async def test_a_space_keeps_its_rooms(anna: Person) -> None:
    old = await anna.create_room(creation_content={"type": "m.space"})
    child, gone = await anna.create_room(), await anna.create_room()
    (await anna.set_state(old, "m.space.child", {"via": ["localhost"], "suggested": True}, child)).ok()
    (await anna.set_state(old, "m.space.child", {}, gone)).ok()
    new = (await upgrade(anna, old)).ok()["replacement_room"]
    found = {key: one["content"] for (kind, key), one in (await state(anna, new)).items() if kind == "m.space.child"}
    assert found == {child: {"via": ["localhost"], "suggested": True}}


ROLES: list[tuple[str, dict[str, Any], int]] = [
    ("creator of version 12", {"room_version": "12"}, 200),
    ("admin of version 12", {"room_version": "12", "power": 100}, 403),
    ("admin", {"room_version": "11", "power": 100}, 200),
    ("moderator", {"room_version": "11", "power": 50}, 403),
    ("moderator who may", {"room_version": "11", "power": 50, "tombstone": 50}, 200),
    ("member", {"room_version": "11", "power": 0}, 403),
    ("invited", {"room_version": "11", "membership": "invite"}, 403),
    ("left", {"room_version": "11", "membership": "leave"}, 403),
    ("banned", {"room_version": "11", "membership": "ban"}, 403),
    ("stranger", {"room_version": "11", "membership": None}, 403),
]


@pytest.mark.parametrize(("role", "given", "status"), ROLES, ids=[role for role, _, _ in ROLES])
async def test_who_may_upgrade(
    house: House, anna: Person, bob: Person, role: str, given: dict[str, Any], status: int
) -> None:
    version, who = given["room_version"], anna if role.startswith("creator") else bob
    old = await anna.create_room(room_version=version, preset="public_chat")
    if who is bob and (member := given.get("membership", "join")):
        if member != "invite":
            (await bob.join(old)).ok()
        if member == "leave":
            (await bob.leave(old)).ok()
        elif member in ("invite", "ban"):
            (await act(anna, old, member, user_id=bob.user_id)).ok()
    if "power" in given:
        levels = await content(anna, old, "m.room.power_levels")
        levels["users"][bob.user_id] = given["power"]
        levels["events"]["m.room.tombstone"] = given.get("tombstone", levels["events"]["m.room.tombstone"])
        (await anna.set_state(old, "m.room.power_levels", levels)).ok()
    rooms = len(await house.chappe.database.fetch("SELECT 1 FROM room"))
    said = await upgrade(who, old)
    assert said.status == status, said.text
    after = await state(anna, old)
    if status == 200:
        assert after["m.room.tombstone", ""]["content"]["replacement_room"] == said.json["replacement_room"]
        assert (await who.set_state(said.json["replacement_room"], "m.room.name", {"name": "x"})).status == 200
    else:
        assert said.errcode == "M_FORBIDDEN"
        assert ("m.room.tombstone", "") not in after
        assert len(await house.chappe.database.fetch("SELECT 1 FROM room")) == rooms


async def test_a_moderator_is_no_admin_afterwards(anna: Person, bob: Person) -> None:
    old = await anna.create_room(room_version="10", preset="public_chat")
    (await bob.join(old)).ok()
    levels = await content(anna, old, "m.room.power_levels")
    levels["users"][bob.user_id] = levels["events"]["m.room.tombstone"] = 50
    (await anna.set_state(old, "m.room.power_levels", levels)).ok()
    new = (await upgrade(bob, old, "11")).ok()["replacement_room"]
    assert (await content(bob, new, "m.room.power_levels"))["users"] == {anna.user_id: 100, bob.user_id: 50}
    assert (await bob.set_state(new, "m.room.name", {"name": "New"})).status == 200
    assert (await bob.set_state(new, "m.room.power_levels", levels | {"ban": 0})).status == 403
    assert (await bob.set_state(new, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})).status == 403


async def test_repeats_and_many_at_once_are_told_the_same_room(house: House, anna: Person, bob: Person) -> None:
    old = await anna.create_room(room_version="11", room_alias_name="pub", preset="public_chat")
    (await bob.join(old)).ok()
    levels = await content(anna, old, "m.room.power_levels")
    levels["users"][bob.user_id] = 100
    (await anna.set_state(old, "m.room.power_levels", levels)).ok()
    said = await gather_at_once(*(upgrade(person, old) for person in (anna, bob) * 5))
    (new,) = {one.ok()["replacement_room"] for one in said}
    assert (await upgrade(bob, old)).ok()["replacement_room"] == new
    await house.settle()
    assert (await anna.get(PUB)).ok()["room_id"] == new
    winner = (await content(anna if new in await joined(anna) else bob, old, "m.room.tombstone"))["replacement_room"]
    assert winner == new
    assert [room for person in (anna, bob) for room in await joined(person) if room not in (old, new)] == []
    tombstones = [event for event in await history(anna, old) if event["type"] == "m.room.tombstone"]
    assert len(tombstones) == 1
    other = (await upgrade(anna, old, "10")).ok()["replacement_room"]
    assert other != new, "another version is another room"


async def joined(person: Person) -> list[str]:
    return list((await person.get("/joined_rooms")).ok()["joined_rooms"])


async def history(person: Person, room_id: str) -> list[Any]:
    return list((await person.get(f"/rooms/{room_id}/messages", dir="b", limit=100)).ok()["chunk"])


async def test_whose_right_ends_meanwhile_leaves_the_new_room(house: House, anna: Person, bob: Person) -> None:
    old = await anna.create_room(room_version="11", preset="public_chat", room_alias_name="pub")
    (await bob.join(old)).ok()
    levels = await content(anna, old, "m.room.power_levels")
    (await anna.set_state(old, "m.room.power_levels", levels | {"users": {**levels["users"], bob.user_id: 100}})).ok()
    device, room_id = Device(UserID(bob.user_id)), RoomID(old)
    plan: Any = await house.chappe.bus.call(shard_of(room_id), Command(plan_upgrade, device, (room_id, "12", None)))
    (await bob.set_state(old, "m.room.power_levels", levels)).ok()
    await house.chappe.bus.call(shard_of(plan.new), Command(make_replacement, device, (plan,)))
    await house.settle()
    assert ("m.room.tombstone", "") not in await state(anna, old)
    assert await joined(bob) == [old]
    assert (await anna.get(PUB)).ok()["room_id"] == old


async def test_what_is_no_upgrade_is_refused(anna: Person) -> None:
    old = await anna.create_room()
    for body, status, errcode in (
        ({}, 400, "M_BAD_JSON"),
        ({"new_version": 12}, 400, "M_BAD_JSON"),
        ({"new_version": "99"}, 400, "M_UNSUPPORTED_ROOM_VERSION"),
        ({"new_version": "12", "additional_creators": ["nobody"]}, 400, "M_INVALID_PARAM"),
        ({"new_version": "12", "additional_creators": [f"@{n}:x" for n in range(101)]}, 400, "M_INVALID_PARAM"),
    ):
        said = await anna.post(f"/rooms/{old}/upgrade", body)
        assert (said.status, said.errcode) == (status, errcode), said.text
    assert (await upgrade(anna, "!nowhere:localhost")).errcode == "M_FORBIDDEN"
    assert ("m.room.tombstone", "") not in await state(anna, old)
    assert (await upgrade(anna, old, "11", additional_creators=["ignored"])).status == 200
