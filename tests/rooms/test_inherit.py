"""Who joins the room that replaces one of theirs finds their tags and direct chats there."""

from typing import Any

import pytest

from tests.house import House, Person

pytestmark = pytest.mark.anyio


async def tags(person: Person, room_id: str) -> Any:
    return (await person.get(f"/user/{person.user_id}/rooms/{room_id}/tags")).ok()["tags"]


async def put_tag(person: Person, room_id: str, tag: str) -> None:
    (await person.put(f"/user/{person.user_id}/rooms/{room_id}/tags/{tag}", {})).ok()


async def put_direct(person: Person, content: object) -> None:
    (await person.put(f"/user/{person.user_id}/account_data/m.direct", content)).ok()


async def direct(person: Person) -> Any:
    return (await person.get(f"/user/{person.user_id}/account_data/m.direct")).ok()


async def test_settings_follow_to_the_replacement(house: House, anna: Person, bob: Person, carl: Person) -> None:
    old, other = await anna.create_room(preset="public_chat"), await anna.create_room()
    for person in (bob, carl):
        (await person.join(old)).ok()
    await put_tag(anna, old, "m.favourite")
    await put_tag(bob, old, "u.old")
    await put_direct(anna, {bob.user_id: [other, old], carl.user_id: [other], "odd": 7})
    new = (await anna.post(f"/rooms/{old}/upgrade", {"new_version": "11"})).ok()["replacement_room"]
    await put_tag(bob, new, "u.mine")
    for person in (bob, carl):
        (await person.join(new)).ok()
    await house.settle()
    assert await tags(anna, new) == {"m.favourite": {}}
    assert await tags(bob, new) == {"u.mine": {}}
    assert await tags(carl, new) == {}
    assert await direct(anna) == {bob.user_id: [other, old, new], carl.user_id: [other], "odd": 7}
    assert (await carl.get(f"/user/{carl.user_id}/account_data/m.direct")).errcode == "M_NOT_FOUND"


async def test_not_into_a_room_that_the_old_one_does_not_point_to(house: House, anna: Person, bob: Person) -> None:
    """A stranger's room would stand among the direct chats, as if it were that with a friend."""
    old = await anna.create_room(preset="public_chat")
    (await bob.join(old)).ok()
    await put_tag(bob, old, "m.favourite")
    await put_direct(bob, {anna.user_id: [old]})
    trap = await anna.create_room(preset="public_chat", creation_content={"predecessor": {"room_id": old}})
    (await bob.join(trap)).ok()
    await house.settle()
    assert await tags(bob, trap) == {}
    assert await direct(bob) == {anna.user_id: [old]}


async def test_only_from_rooms_that_one_was_in(house: House, anna: Person, bob: Person) -> None:
    """Anybody can make a room that says it replaces another."""
    private = await anna.create_room()
    await put_tag(bob, private, "u.x")
    predecessors: list[Any] = [{"room_id": private}, {"room_id": 7}, {}, "x", {"room_id": "!none:localhost"}]
    for predecessor in predecessors:
        room_id = await anna.create_room(preset="public_chat", creation_content={"predecessor": predecessor})
        (await bob.join(room_id)).ok()
        await house.settle()
        assert await tags(bob, room_id) == {}
