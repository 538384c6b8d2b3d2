"""Finding people, and what rooms learn of an account's changes: over HTTP, on both engines."""

import asyncio
from typing import Any

import pytest

from chappe.ids import UserID
from chappe.rooms.people import MAX_WORDS, words_of
from chappe.rooms.register_store import find_people
from tests.house import House, Person
from tests.rooms.looking import content, event_types, membership

pytestmark = pytest.mark.anyio


async def find(person: Person, term: str, limit: int = 10) -> Any:
    """The answer to a search."""
    return (await person.post("/user_directory/search", {"search_term": term, "limit": limit})).ok()


async def until_found(person: Person, term: str, *expected: Person) -> Any:
    """The answer once the directory has followed; at most some seconds."""
    answer: Any = None
    for _ in range(100):
        answer = await find(person, term)
        if {one["user_id"] for one in answer["results"]} == {one.user_id for one in expected}:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError(f"found {answer}")


async def test_who_shares_a_room_or_is_in_an_open_one_is_found(house: House, anna: Person, bob: Person) -> None:
    carl, dora = await house.person("carl"), await house.person("dora")
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Robert Öztürk"})
    shared = await anna.create_room(invite=[bob.user_id])
    await bob.join(shared)
    hidden = await carl.create_room()
    await dora.create_room(preset="public_chat")
    for term in ("bo", "BOB", "@bob", "@bob:localhost", "robert", "öz", "ÖZTÜRK", "robert öz"):
        answer = await until_found(anna, term, bob)
        assert answer == {
            "results": [{"user_id": bob.user_id, "display_name": "Robert Öztürk"}],
            "limited": False,
        }
    await until_found(anna, "dor", dora)
    await until_found(anna, "car")
    await until_found(bob, "ann", anna)
    await until_found(anna, "ann")
    await until_found(anna, "ztürk")
    await until_found(carl, "bob")
    # A room that everybody may look into opens the people in it to searches, until it is closed again.
    await carl.set_state(hidden, "m.room.history_visibility", {"history_visibility": "world_readable"})
    await until_found(anna, "car", carl)
    await carl.set_state(hidden, "m.room.history_visibility", {"history_visibility": "shared"})
    await until_found(anna, "car")
    await bob.leave(shared)
    await until_found(anna, "bob")


async def test_limits(house: House, anna: Person) -> None:
    people = [await house.person(f"zoe{n}") for n in range(3)]
    room = await anna.create_room(preset="public_chat")
    for one in people:
        await one.join(room)
    await until_found(anna, "zoe", *people)
    answer = await find(anna, "zoe", 2)
    assert (len(answer["results"]), answer["limited"]) == (2, True)
    answer = await find(anna, "zoe", 3)
    assert (len(answer["results"]), answer["limited"]) == (3, False)
    assert (await find(anna, "zoe", -1)) == {"results": answer["results"][:1], "limited": True}
    for term in ("", " ", "@", ":", "x" * 10_000, "\0", "%", "_"):
        assert await find(anna, term) == {"results": [], "limited": False}
    for body in ({}, {"search_term": 5}, {"search_term": "a", "limit": "b"}):
        assert (await anna.post("/user_directory/search", body)).errcode == "M_BAD_JSON"


async def test_people_come_in_the_order_of_their_names_and_each_once(house: House, anna: Person) -> None:
    """Of two words of one name that match the first counts; only so many words are looked at."""
    room = await anna.create_room(preset="public_chat")
    names = {"zx": "Yb Ya", "zy": "Yc", "zz": "Ya Ya"}
    people = {localpart: await house.person(localpart) for localpart in names}
    for localpart, person in people.items():
        await person.put(f"/profile/{person.user_id}/displayname", {"displayname": names[localpart]})
        await person.join(room)
    await until_found(anna, "y", *people.values())
    found = (await find(anna, "y"))["results"]
    assert [one["display_name"] for one in found] == ["Yb Ya", "Ya Ya", "Yc"]
    # Their words: ya (zx, zz), "ya ya", yb, "yb ya", yc.
    for candidates, expected in ((1, ["zx"]), (2, ["zx", "zz"]), (5, ["zx", "zz"]), (6, ["zx", "zz", "zy"])):
        rows = await find_people(house.chappe.database, UserID(anna.user_id), b"y", b"y\xff", candidates, 10)
        assert [row[0] for row in rows] == [people[localpart].user_id for localpart in expected]


def test_words() -> None:
    user = UserID("@Ann:localhost")
    assert words_of(user, None) == {b"ann"}
    assert words_of(user, 5) == {b"ann"}
    assert words_of(user, "Ann  de la Cruz ") == {b"ann", b"ann  de la cruz", b"de", b"la", b"cruz"}
    assert len(words_of(user, "x " * 1000)) <= MAX_WORDS


async def test_a_new_name_reaches_every_room_and_only_there(house: House, anna: Person, bob: Person) -> None:
    rooms = [await anna.create_room(invite=[bob.user_id]) for _ in range(3)]
    for room in rooms[:2]:
        await bob.join(room)
    await bob.leave(rooms[1])
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Robert"})
    await bob.put(f"/profile/{bob.user_id}/avatar_url", {"avatar_url": "mxc://localhost/b"})
    await bob.put(f"/profile/{bob.user_id}/m.tz", {"m.tz": "Europe/Berlin"})
    await house.settle()
    shown = {"membership": "join", "displayname": "Robert", "avatar_url": "mxc://localhost/b"}
    assert await membership(anna, rooms[0], bob.user_id) == shown
    assert await membership(anna, rooms[1], bob.user_id) == {"membership": "leave"}
    assert await membership(anna, rooms[2], bob.user_id) == {"membership": "invite", "displayname": "bob"}
    before = await event_types(anna, rooms[0])
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Robert"})
    await house.settle()
    assert await event_types(anna, rooms[0]) == before, "nothing changed"
    await bob.delete(f"/profile/{bob.user_id}/displayname")
    await house.settle()
    assert await membership(anna, rooms[0], bob.user_id) == {"membership": "join", "avatar_url": "mxc://localhost/b"}


async def test_a_new_name_in_a_restricted_room(house: House, anna: Person, bob: Person) -> None:
    club = await anna.create_room(preset="public_chat")
    allow = [{"type": "m.room_membership", "room_id": club}]
    rules = {"type": "m.room.join_rules", "content": {"join_rule": "restricted", "allow": allow}}
    room = await anna.create_room(initial_state=[rules])
    await bob.join(club)
    await bob.join(room)
    await bob.leave(club)
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Robert"})
    await house.settle()
    assert await membership(anna, room, bob.user_id) == {"membership": "join", "displayname": "Robert"}


async def test_an_account_that_ends_leaves_its_rooms_and_is_not_found(house: House, anna: Person, bob: Person) -> None:
    joined = await anna.create_room(invite=[bob.user_id], room_alias_name="a")
    invited = await anna.create_room(invite=[bob.user_id])
    await bob.join(joined)
    await until_found(anna, "bob", bob)
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": bob.user_id},
        "password": House.PASSWORD,
    }
    session = (await bob.post("/account/deactivate", {})).json["session"]
    (await bob.post("/account/deactivate", {"auth": {**auth, "session": session}})).ok()
    await house.settle()
    for room in (joined, invited):
        assert (await membership(anna, room, bob.user_id))["membership"] == "leave"
    await until_found(anna, "bob")
    rows = await house.chappe.database.fetch("SELECT word FROM person_word WHERE user_id = $1", bob.user_id)
    assert rows == []
    assert await content(anna, joined, "m.room.canonical_alias") == {"alias": "#a:localhost"}
