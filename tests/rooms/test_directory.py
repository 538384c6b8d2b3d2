"""The directory of rooms: over HTTP, on both engines."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person
from tests.rooms.looking import ask

pytestmark = pytest.mark.anyio


async def entry(person: Person, room: str) -> Any:
    """The room's entry."""
    (found,) = [one for one in (await person.get("/publicRooms")).ok()["chunk"] if one["room_id"] == room]
    return found


async def until(person: Person, room: str, **expected: Any) -> Any:
    """The room's entry once the directory has followed; at most some seconds."""
    found: Any = None
    for _ in range(100):
        found = await entry(person, room)
        if {key: found.get(key) for key in expected} == expected:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"the directory does not follow: {found}")


async def test_list_and_take_off_the_list(house: House, anna: Person, bob: Person) -> None:
    room = await anna.create_room()
    path = f"/directory/list/room/{quote(room)}"
    assert (await house.request("GET", path)).ok() == {"visibility": "private"}
    assert (await anna.put(path, {})).ok() == {}
    assert (await anna.put(path, {"visibility": "public"})).ok() == {}
    assert (await house.request("GET", path)).ok() == {"visibility": "public"}
    assert (await anna.put(path, {"visibility": "private"})).ok() == {}
    assert (await anna.get("/publicRooms")).ok() == {"chunk": [], "total_room_count_estimate": 0}
    assert (await bob.put(path, {})).errcode == "M_FORBIDDEN"
    await anna.invite(room, bob.user_id)
    await bob.join(room)
    assert (await bob.put(path, {})).errcode == "M_FORBIDDEN"
    assert (await anna.put(path, {"visibility": "secret"})).errcode == "M_BAD_JSON"
    for method in ("GET", "PUT"):
        said = await anna.request(method, f"/directory/list/room/!{'a' * 43}", {} if method == "PUT" else None)
        assert (said.status, said.errcode) == (404, "M_NOT_FOUND")


async def test_an_entry_tells_what_the_specification_names(house: House, anna: Person) -> None:
    room = await anna.create_room(
        visibility="public",
        name="The pub",
        topic="Beer",
        room_alias_name="pub",
        creation_content={"type": "m.space"},
        initial_state=[
            {"type": "m.room.avatar", "content": {"url": "mxc://localhost/pub"}},
            {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}},
            {"type": "m.room.guest_access", "content": {"guest_access": "can_join"}},
        ],
    )
    assert await entry(anna, room) == {
        "room_id": room,
        "num_joined_members": 1,
        "world_readable": True,
        "guest_can_join": True,
        "join_rule": "public",
        "canonical_alias": "#pub:localhost",
        "name": "The pub",
        "topic": "Beer",
        "avatar_url": "mxc://localhost/pub",
        "room_type": "m.space",
    }
    assert (await house.request("GET", "/publicRooms")).status == 200, "no account is needed to look"


async def test_odd_contents_make_no_odd_entries(anna: Person) -> None:
    room = await anna.create_room(
        visibility="public",
        initial_state=[
            {"type": "m.room.name", "content": {"name": ["x"]}},
            {"type": "m.room.topic", "content": {"topic": {"a": 1}}},
            {"type": "m.room.avatar", "content": {"url": "a\0b"}},
            {"type": "m.room.join_rules", "content": {"join_rule": 5}},
        ],
        creation_content={"type": 5},
    )
    found = await entry(anna, room)
    assert not {"name", "topic", "avatar_url", "room_type"} & set(found)


async def test_the_directory_follows_the_room(anna: Person, bob: Person) -> None:
    room = await anna.create_room(visibility="public", name="One")
    await bob.join(room)
    await until(anna, room, num_joined_members=2)
    await anna.set_state(room, "m.room.name", {"name": "Two"})
    await anna.set_state(room, "m.room.join_rules", {"join_rule": "knock"})
    await until(anna, room, name="Two", join_rule="knock", num_joined_members=2)
    await bob.leave(room)
    await until(anna, room, num_joined_members=1)


async def test_pages_forwards_and_back(anna: Person, bob: Person) -> None:
    rooms = [await anna.create_room(visibility="public", name=f"Room {n}") for n in range(5)]
    await bob.join(rooms[3])
    await until(anna, rooms[3], num_joined_members=2)
    whole = [one["room_id"] for one in (await anna.get("/publicRooms")).ok()["chunk"]]
    assert whole[0] == rooms[3], "most people first"
    assert sorted(whole) == sorted(rooms)
    pages, since = [], ""
    while True:
        page = (await ask(anna, f"/publicRooms?limit=2&since={since}")).ok()
        assert page["total_room_count_estimate"] == 5
        pages.append(page)
        if "next_batch" not in page:
            break
        since = page["next_batch"]
    assert [one["room_id"] for page in pages for one in page["chunk"]] == whole
    assert [len(page["chunk"]) for page in pages] == [2, 2, 1]
    assert "prev_batch" not in pages[0]
    back = (await ask(anna, f"/publicRooms?limit=2&since={pages[2]['prev_batch']}")).ok()
    assert back["chunk"] == pages[1]["chunk"]
    first = (await ask(anna, f"/publicRooms?limit=2&since={back['prev_batch']}")).ok()
    assert first["chunk"] == pages[0]["chunk"]
    assert "prev_batch" not in first
    again = (await ask(anna, f"/publicRooms?limit=2&since={first['next_batch']}")).ok()
    assert again["chunk"] == pages[1]["chunk"]


SEARCHES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"Straße", "Garden", "Space"}),
    ({"generic_search_term": "STRASSE"}, {"Straße"}),
    ({"generic_search_term": "flowers"}, {"Garden"}),
    ({"generic_search_term": "#gar"}, {"Garden"}),
    ({"generic_search_term": "nothing"}, set()),
    ({"room_types": [None]}, {"Straße", "Garden"}),
    ({"room_types": ["m.space"]}, {"Space"}),
    ({"room_types": [None, "m.space"], "generic_search_term": "s"}, {"Straße", "Garden", "Space"}),
    ({"room_types": []}, set()),
]


async def test_search(anna: Person) -> None:
    await anna.create_room(visibility="public", name="Straße")
    await anna.create_room(visibility="public", name="Garden", topic="Flowers", room_alias_name="garden")
    await anna.create_room(visibility="public", name="Space", creation_content={"type": "m.space"})
    for wanted, expected in SEARCHES:
        chunk = (await anna.post("/publicRooms", {"filter": wanted})).ok()["chunk"]
        assert {one["name"] for one in chunk} == expected, wanted


REFUSED: list[tuple[str, Any, str]] = [
    ("/publicRooms?since=nonsense", None, "M_INVALID_PARAM"),
    ("/publicRooms?since=%00", None, "M_INVALID_PARAM"),
    ("/publicRooms?limit=many", None, "M_INVALID_PARAM"),
    ("/publicRooms?server=elsewhere.org", None, "M_NOT_FOUND"),
    ("/publicRooms?server=elsewhere.org", {}, "M_NOT_FOUND"),
    ("/publicRooms", {"limit": "many"}, "M_BAD_JSON"),
    ("/publicRooms", {"filter": {"room_types": [5]}}, "M_BAD_JSON"),
    ("/publicRooms", {"since": "é"}, "M_INVALID_PARAM"),
    ("/publicRooms", {"include_all_networks": True, "third_party_instance_id": "irc"}, "M_INVALID_PARAM"),
    ("/publicRooms", {"third_party_instance_id": "irc"}, "M_NOT_FOUND"),
]


async def test_refusals(anna: Person) -> None:
    for path, body, errcode in REFUSED:
        said = await ask(anna, path, "GET" if body is None else "POST", body)
        assert said.errcode == errcode, f"{path} {body}: {said.text}"


async def test_limits_beyond_reason(anna: Person) -> None:
    await anna.create_room(visibility="public")
    for limit in (-5, 0, 1, 10**9):
        assert len((await ask(anna, f"/publicRooms?limit={limit}")).ok()["chunk"]) == 1
    assert (await ask(anna, "/publicRooms?server=localhost")).status == 200
