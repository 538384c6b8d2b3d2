"""Tags of rooms: each change is kept, also when fifty come at once, and the person's devices hear of it."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from chappe.accounts.tags import MAX_TAGS
from tests.house import House, Person

pytestmark = pytest.mark.anyio


def path(person: Person, room_id: str, tag: str | None = None) -> str:
    return f"/user/{person.user_id}/rooms/{room_id}/tags" + ("" if tag is None else f"/{tag}")


async def tags(person: Person, room_id: str) -> Any:
    return (await person.get(path(person, room_id))).ok()["tags"]


async def test_a_room_is_tagged(house: House) -> None:
    """setRoomTag, getRoomTags, deleteRoomTag: and /sync tells the whole."""
    anna = await house.person("anna")
    room_id = await anna.create_room()
    await anna.sync()
    assert await tags(anna, room_id) == {}
    (await anna.put(path(anna, room_id, "u.Work%20%2F"), {"order": 0.25})).ok()
    (await anna.put(path(anna, room_id, "m.favourite"), {})).ok()
    assert await tags(anna, room_id) == {"u.Work /": {"order": 0.25}, "m.favourite": {}}
    (told,) = (await anna.sync())["rooms"]["join"][room_id]["account_data"]["events"]
    assert told == {"type": "m.tag", "content": {"tags": await tags(anna, room_id)}}
    (await anna.delete(path(anna, room_id, "m.favourite"))).ok()
    (await anna.delete(path(anna, room_id, "m.favourite"))).ok()
    (told,) = (await anna.sync())["rooms"]["join"][room_id]["account_data"]["events"]
    assert told["content"] == {"tags": {"u.Work /": {"order": 0.25}}}
    (await anna.put(path(anna, room_id, "u.Work%20%2F"), {"order": 0.25})).ok()
    assert "rooms" not in await anna.sync()


async def test_of_fifty_changes_at_once_none_is_lost(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room()
    (await anna.put(path(anna, room_id, "gone"), {})).ok()
    said = await asyncio.gather(
        *(anna.put(path(anna, room_id, f"u.{n}"), {"order": n / 50}) for n in range(50)),
        anna.delete(path(anna, room_id, "gone")),
    )
    assert {one.status for one in said} == {200}
    assert await tags(anna, room_id) == {f"u.{n}": {"order": n / 50} for n in range(50)}


async def test_tags_set_as_account_data_are_built_on(house: House) -> None:
    anna = await house.person("anna")
    data = f"/user/{anna.user_id}/rooms/!r:localhost/account_data/m.tag"
    contents: list[dict[str, Any]] = [{"tags": {"u.one": {}}}, {"tags": 7}, {"tags": {"u.two": {"x": 1}}, "more": [1]}]
    for stored in contents:
        (await anna.put(data, stored)).ok()
        expected = stored["tags"] if isinstance(stored["tags"], dict) else {}
        assert await tags(anna, "!r:localhost") == expected
        (await anna.put(path(anna, "!r:localhost", "u.new"), {})).ok()
        assert await tags(anna, "!r:localhost") == {**expected, "u.new": {}}


async def test_what_is_no_tag_is_refused(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = await anna.create_room()
    for tag, body, status, errcode in (
        ("x" * 256, {}, 400, "M_INVALID_PARAM"),
        ("%00", {}, 400, "M_INVALID_PARAM"),
        ("u.x", {"order": 1.5}, 400, "M_INVALID_PARAM"),
        ("u.x", {"order": "0.5"}, 400, "M_BAD_JSON"),
        ("u.x", {"order": True}, 400, "M_BAD_JSON"),
        ("u.x", [], 400, "M_BAD_JSON"),
        ("u.x", {"note": "x" * 70_000}, 413, "M_TOO_LARGE"),
    ):
        said = await anna.put(path(anna, room_id, tag), body)
        assert (said.status, said.errcode) == (status, errcode), said.text
    for said in (
        await bob.get(path(anna, room_id)),
        await bob.put(path(anna, room_id, "u.x"), {}),
        await bob.delete(path(anna, room_id, "u.x")),
    ):
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    said_all = await asyncio.gather(*(anna.put(path(anna, room_id, f"u.{n}"), {}) for n in range(MAX_TAGS + 5)))
    assert Counter(one.status for one in said_all) == {200: MAX_TAGS, 413: 5}
