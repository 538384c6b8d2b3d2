"""Names of rooms: over HTTP, on both engines."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person, gather_at_once
from tests.rooms.looking import act, content

pytestmark = pytest.mark.anyio

PUB = "/directory/room/%23pub:localhost"


async def test_give_and_take_a_name(house: House, anna: Person) -> None:
    """setRoomAlias, getRoomIdByAlias, deleteRoomAlias."""
    room = await anna.create_room()
    assert (await anna.put(PUB, {"room_id": room})).ok() == {}
    assert (await house.request("GET", PUB)).ok() == {"room_id": room, "servers": ["localhost"]}
    assert (await anna.get(f"/rooms/{quote(room)}/aliases")).ok() == {"aliases": ["#pub:localhost"]}
    assert (await anna.delete(PUB)).ok() == {}
    assert (await anna.get(PUB)).errcode == "M_NOT_FOUND"
    assert (await anna.delete(PUB)).errcode == "M_NOT_FOUND"
    assert (await anna.get(f"/rooms/{quote(room)}/aliases")).ok() == {"aliases": []}


async def test_a_name_is_given_once(anna: Person, bob: Person) -> None:
    room, other = await anna.create_room(), await bob.create_room()
    await anna.put(PUB, {"room_id": room})
    assert (await anna.put(PUB, {"room_id": room})).ok() == {}, "a repeat"
    said = await bob.put(PUB, {"room_id": other})
    assert (said.status, said.errcode) == (409, "M_UNKNOWN")


async def test_of_fifty_who_want_a_name_one_gets_it(anna: Person) -> None:
    rooms = [await anna.create_room() for _ in range(10)]
    said = await gather_at_once(*(anna.put(PUB, {"room_id": rooms[n % 10]}) for n in range(50)))
    statuses = [one.status for one in said]
    winner = (await anna.get(PUB)).ok()["room_id"]
    assert statuses.count(409) >= 45
    assert {rooms[n % 10] for n, status in enumerate(statuses) if status == 200} == {winner}


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("%23pub:elsewhere.org", {"room_id": "{room}"}, 400, "M_INVALID_PARAM"),
    ("pub", {"room_id": "{room}"}, 400, "M_INVALID_PARAM"),
    ("%23:localhost", {"room_id": "{room}"}, 400, "M_INVALID_PARAM"),
    ("%23pub:localhost", {"room_id": "{foreign}"}, 403, "M_FORBIDDEN"),
    ("%23pub:localhost", {"room_id": "!" + "a" * 43}, 403, "M_FORBIDDEN"),
    ("%23pub:localhost", {"room_id": "nonsense"}, 400, "M_INVALID_PARAM"),
    ("%23pub:localhost", {"room_id": 5}, 400, "M_BAD_JSON"),
    ("%23pub:localhost", {}, 400, "M_BAD_JSON"),
    ("%23" + "p" * 255 + ":localhost", {"room_id": "{room}"}, 400, "M_INVALID_PARAM"),
]


async def test_refusals(anna: Person, bob: Person) -> None:
    named = {"{room}": await anna.create_room(), "{foreign}": await bob.create_room()}
    for alias, body, status, errcode in REFUSED:
        filled = {key: named.get(value, value) if isinstance(value, str) else value for key, value in body.items()}
        said = await anna.put(f"/directory/room/{alias}", filled)
        assert (said.status, said.errcode) == (status, errcode), f"{alias[:50]} {body}: {said.text}"


async def test_who_may_take_a_name_away(anna: Person, bob: Person, carl: Person) -> None:
    room = await anna.create_room(preset="public_chat")
    await bob.join(room)
    await bob.put(PUB, {"room_id": room})
    assert (await carl.delete(PUB)).errcode == "M_FORBIDDEN"
    await carl.join(room)
    assert (await carl.delete(PUB)).errcode == "M_FORBIDDEN"
    assert (await anna.delete(PUB)).status == 200, "may set the canonical alias"
    await bob.put(PUB, {"room_id": room})
    await act(anna, room, "kick", user_id=bob.user_id)
    assert (await bob.delete(PUB)).status == 200, "made it"


async def test_a_name_that_goes_leaves_the_canonical_alias(anna: Person, bob: Person) -> None:
    room = await anna.create_room(room_alias_name="pub")
    assert await content(anna, room, "m.room.canonical_alias") == {"alias": "#pub:localhost"}
    await anna.delete(PUB)
    assert await content(anna, room, "m.room.canonical_alias") == {}
    # Who made the name may take it away, even without the power to change what the room says.
    await anna.invite(room, bob.user_id)
    await bob.join(room)
    await bob.put(PUB, {"room_id": room})
    await anna.set_state(room, "m.room.canonical_alias", {"alias": "#pub:localhost"})
    assert (await bob.delete(PUB)).status == 200
    assert (await anna.get(PUB)).errcode == "M_NOT_FOUND"
    assert await content(anna, room, "m.room.canonical_alias") == {"alias": "#pub:localhost"}
