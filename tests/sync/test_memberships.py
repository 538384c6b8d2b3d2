"""Memberships that change between two calls of /sync, in ways that are easily got wrong."""

import json
from typing import Any

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio

LAZY = json.dumps({"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 2}}})


def members(events: list[dict[str, Any]]) -> dict[str, str]:
    return {e["state_key"]: e["content"]["membership"] for e in events if e["type"] == "m.room.member"}


async def test_a_room_that_was_left_and_forgotten_elsewhere_is_told_as_left(house: House) -> None:
    ann = await house.person("ann")
    phone = await ann.another_device()
    room = await ann.create_room()
    await phone.sync()
    (await ann.leave(room)).ok()
    (await ann.post(f"/rooms/{room}/forget")).ok()
    left = (await phone.sync())["rooms"]["leave"][room]
    assert [e["content"]["membership"] for e in left["timeline"]["events"]] == ["leave"]
    assert left["state"]["events"] == []
    assert "rooms" not in await phone.sync()


async def test_a_forgotten_room_is_not_among_those_left(house: House) -> None:
    ann = await house.person("ann")
    include_leave = json.dumps({"room": {"include_leave": True}})
    room = await ann.create_room()
    (await ann.leave(room)).ok()
    assert room in (await ann.sync(filter=include_leave))["rooms"]["leave"]
    (await ann.post(f"/rooms/{room}/forget")).ok()
    ann.since = None
    assert "rooms" not in await ann.sync(filter=include_leave)


async def test_a_gap_tells_lazy_clients_of_everyone_whose_membership_changed_in_it(house: House) -> None:
    ann, ben, cat = await house.person("ann"), await house.person("ben"), await house.person("cat")
    room = await ann.create_room(preset="public_chat", invite=[cat.user_id])
    await ben.join(room)
    await ann.sync(filter=LAZY)
    await ben.leave(room)
    await cat.join(room)
    for number in range(3):
        await ann.send(room, f"{number}")
    joined = (await ann.sync(filter=LAZY))["rooms"]["join"][room]
    assert joined["timeline"]["limited"] is True
    assert members(joined["state"]["events"]) == {ann.user_id: "join", ben.user_id: "leave", cat.user_id: "join"}


async def test_state_after_tells_lazy_clients_of_people_who_said_nothing(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    await ben.join(room)
    await ann.sync(filter=LAZY, use_state_after="true")
    (await ann.post(f"/rooms/{room}/kick", {"user_id": ben.user_id})).ok()
    joined = (await ann.sync(filter=LAZY, use_state_after="true"))["rooms"]["join"][room]
    assert joined["timeline"]["limited"] is False
    assert members(joined["state_after"]["events"])[ben.user_id] == "leave"
