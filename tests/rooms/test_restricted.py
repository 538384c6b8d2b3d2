"""Rooms that the members of another room may join: over HTTP, on both engines."""

from typing import Any

import pytest

from tests.house import Person
from tests.rooms.looking import membership

pytestmark = pytest.mark.anyio


def allow(*rooms: object, rule: str = "restricted") -> list[dict[str, Any]]:
    """An `initial_state` with such a join rule."""
    conditions = [{"type": "m.room_membership", "room_id": room} for room in rooms]
    return [{"type": "m.room.join_rules", "content": {"join_rule": rule, "allow": conditions}}]


@pytest.mark.parametrize("version", ["8", "9", "10", "11", "12"])
async def test_members_of_the_other_room_get_in(anna: Person, bob: Person, carl: Person, version: str) -> None:
    club = await anna.create_room(preset="public_chat", room_version=version)
    room = await anna.create_room(initial_state=allow("nonsense", 5, club), room_version=version)
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    await bob.join(club)
    assert (await bob.join(room)).status == 200
    assert (await membership(anna, room, bob.user_id))["join_authorised_via_users_server"] == anna.user_id
    await anna.invite(room, carl.user_id)
    assert (await carl.join(room)).status == 200, "an invitation is enough"
    assert "join_authorised_via_users_server" not in await membership(anna, room, carl.user_id)


async def test_who_left_the_other_room_or_was_banned_does_not(anna: Person, bob: Person) -> None:
    club = await anna.create_room(preset="public_chat")
    room = await anna.create_room(initial_state=allow(club))
    await bob.join(club)
    await bob.leave(club)
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    await bob.join(club)
    await anna.post(f"/rooms/{room}/ban", {"user_id": bob.user_id})
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"


async def test_nobody_is_let_in_by_naming_a_member(anna: Person, bob: Person) -> None:
    club = await anna.create_room()
    room = await anna.create_room(initial_state=allow(club))
    forged = {"membership": "join", "join_authorised_via_users_server": anna.user_id}
    assert (await bob.set_state(room, "m.room.member", forged, bob.user_id)).errcode == "M_FORBIDDEN"


async def test_somebody_who_may_invite_must_be_there(anna: Person, bob: Person, carl: Person) -> None:
    club = await anna.create_room(preset="public_chat")
    room = await anna.create_room(initial_state=allow(club), power_level_content_override={"invite": 50})
    await bob.join(club)
    await carl.join(club)
    assert (await bob.join(room)).status == 200
    await anna.leave(room)
    assert (await carl.join(room)).errcode == "M_FORBIDDEN"


async def test_an_ordinary_member_lets_in_where_everybody_may_invite(anna: Person, bob: Person, carl: Person) -> None:
    club = await anna.create_room(preset="public_chat")
    room = await anna.create_room(initial_state=allow(club))
    await bob.join(club)
    await carl.join(club)
    assert (await bob.join(room)).status == 200
    await anna.leave(room)
    assert (await carl.join(room)).status == 200
    assert (await membership(bob, room, carl.user_id))["join_authorised_via_users_server"] == bob.user_id


async def test_knock_restricted_takes_both(anna: Person, bob: Person, carl: Person) -> None:
    club = await anna.create_room(preset="public_chat")
    room = await anna.create_room(initial_state=allow(club, rule="knock_restricted"))
    await bob.join(club)
    assert (await bob.join(room)).status == 200
    assert (await carl.join(room)).errcode == "M_FORBIDDEN"
    assert (await carl.post(f"/knock/{room}")).status == 200
