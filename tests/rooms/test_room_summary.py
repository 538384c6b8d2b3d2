"""What may be known of a room from outside: over HTTP, on both engines."""

from typing import Any

import pytest

from tests.house import House, Person, Said
from tests.rooms.looking import act

pytestmark = pytest.mark.anyio


async def summary(person: Person, room: str) -> Said:
    return await person.get(f"/_matrix/client/v1/room_summary/{room}")


async def test_a_summary_says_what_the_room_is(house: House, anna: Person, bob: Person) -> None:
    """getRoomSummary: by id and by alias, with and without an account, and by its unstable names."""
    room = await anna.create_room(
        room_version="11",
        preset="public_chat",
        name="The pub",
        topic="Beer",
        room_alias_name="pub",
        creation_content={"type": "m.space"},
        initial_state=[
            {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "m.room.avatar", "content": {"url": "mxc://localhost/a"}},
        ],
    )
    expected = {
        "room_id": room,
        "canonical_alias": "#pub:localhost",
        "name": "The pub",
        "topic": "Beer",
        "avatar_url": "mxc://localhost/a",
        "num_joined_members": 1,
        "join_rule": "public",
        "world_readable": False,
        "guest_can_join": False,
        "room_type": "m.space",
        "room_version": "11",
        "encryption": "m.megolm.v1.aes-sha2",
    }
    assert (await summary(anna, room)).ok() == expected | {"membership": "join"}
    assert (await summary(bob, "%23pub:localhost")).ok() == expected | {"membership": "leave"}
    for path in (
        f"/_matrix/client/v1/room_summary/{room}",
        f"/_matrix/client/unstable/im.nheko.summary/rooms/{room}/summary",
        f"/_matrix/client/unstable/im.nheko.summary/summary/{room}",
    ):
        assert (await house.request("GET", path, query={"via": "example.org"})).ok() == expected


RULES: list[tuple[dict[str, Any], bool, bool]] = [
    ({"preset": "public_chat"}, True, True),
    ({"preset": "private_chat"}, False, False),
    ({"join_rule": "knock"}, True, True),
    ({"join_rule": "knock", "room_version": "6"}, False, False),
    ({"join_rule": "knock_restricted"}, True, True),
    ({"join_rule": "restricted"}, False, False),
    ({"join_rule": "restricted", "allow": "club"}, True, False),
    ({"join_rule": "restricted", "allow": "club", "room_version": "7"}, False, False),
    ({"join_rule": "invite", "history_visibility": "world_readable"}, True, True),
]


@pytest.mark.parametrize(("wishes", "by_bob", "by_nobody"), RULES)
async def test_who_may_know_of_a_room(
    house: House, anna: Person, bob: Person, wishes: dict[str, Any], by_bob: bool, by_nobody: bool
) -> None:
    wishes = dict(wishes)
    club = await bob.create_room()
    allow = [{"type": "m.room_membership", "room_id": club}] if wishes.pop("allow", None) else []
    state = []
    if rule := wishes.pop("join_rule", None):
        state.append({"type": "m.room.join_rules", "content": {"join_rule": rule, "allow": allow}})
    if seen := wishes.pop("history_visibility", None):
        state.append({"type": "m.room.history_visibility", "content": {"history_visibility": seen}})
    room = await anna.create_room(initial_state=state, **wishes)
    said = await summary(bob, room)
    assert said.status == (200 if by_bob else 404)
    if by_bob and allow:
        assert said.json["allowed_room_ids"] == [club]
    path = f"/_matrix/client/v1/room_summary/{room}"
    assert (await house.request("GET", path)).status == (200 if by_nobody else 404)


async def test_membership_decides(anna: Person, bob: Person, carl: Person) -> None:
    room = await anna.create_room()
    (await anna.invite(room, bob.user_id)).ok()
    assert (await summary(bob, room)).ok()["membership"] == "invite"
    (await bob.join(room)).ok()
    (await bob.leave(room)).ok()
    assert (await summary(bob, room)).errcode == "M_NOT_FOUND"
    public = await anna.create_room(preset="public_chat")
    (await act(anna, public, "ban", user_id=carl.user_id)).ok()
    assert (await summary(carl, public)).errcode == "M_NOT_FOUND"


async def test_what_is_no_room(anna: Person) -> None:
    assert (await summary(anna, "!none:localhost")).errcode == "M_NOT_FOUND"
    assert (await summary(anna, "%23none:localhost")).errcode == "M_NOT_FOUND"
    assert (await summary(anna, "none")).errcode == "M_INVALID_PARAM"
