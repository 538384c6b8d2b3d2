"""The rooms two people share: over HTTP, on both engines."""

from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.rooms import routes_previews
from chappe.stream import Command, Device, Transaction, shard_of
from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


async def mutual(person: Person, user_id: str, **query: Any) -> Said:
    return await person.get("/_matrix/client/v1/mutual_rooms", user_id=user_id, **query)


async def test_only_rooms_that_both_are_in(anna: Person, bob: Person, carl: Person) -> None:
    """getMutualRooms."""
    both, left, invited, alone = [await anna.create_room(preset="public_chat") for _ in range(4)]
    for room in (both, left):
        (await bob.join(room)).ok()
    (await bob.leave(left)).ok()
    (await anna.invite(invited, bob.user_id)).ok()
    for one, other in ((anna, bob), (bob, anna)):
        assert (await mutual(one, other.user_id)).ok() == {"joined": [both], "count": 1}
    assert (await mutual(anna, carl.user_id)).ok() == {"joined": [], "count": 0}
    assert (await mutual(anna, "@nobody:localhost")).ok() == {"joined": [], "count": 0}
    assert alone


async def test_pages(house: House, anna: Person, bob: Person) -> None:
    rooms = sorted(f"!{number:03}:localhost" for number in range(2 * routes_previews.MUTUAL_AT_ONCE + 1))

    async def share(tx: Transaction, device: Device | None) -> None:
        for person in (anna, bob):
            for room in rooms:
                row = "INSERT INTO user_room VALUES ($1, $2, 'join', $3, 1, 1, 0, NULL)"
                tx.append(row, person.user_id, RoomID(room), tx.place(person.user_id))

    await house.chappe.bus.call(shard_of(UserID(anna.user_id)), Command(share, None, ()))
    found: list[str] = []
    query: dict[str, Any] = {}
    while True:
        answer = (await mutual(anna, bob.user_id, **query)).ok()
        assert answer["count"] == len(rooms)
        found += answer["joined"]
        if "next_batch" not in answer:
            break
        query = {"from": answer["next_batch"]}
    assert found == rooms


async def test_what_is_refused(anna: Person) -> None:
    for query in ({"user_id": anna.user_id}, {"user_id": "nobody"}, {"user_id": "@x:y", "from": "?"}):
        said = await anna.get("/_matrix/client/v1/mutual_rooms", **query)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), query
    assert (await anna.get("/_matrix/client/v1/mutual_rooms")).errcode == "M_MISSING_PARAM"
