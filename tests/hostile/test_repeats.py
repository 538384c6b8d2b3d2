"""Transaction IDs: the same request again is the same event, whatever the repeat says, however many come at once."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.hostile.estate import Estate
from tests.house import Person, gather_at_once

pytestmark = pytest.mark.anyio

Sent = tuple[int, Any]


async def send(person: Person, room: str, txn: str, content: object = None, event_type: str = "m.room.message") -> Sent:
    path = f"/rooms/{room}/send/{event_type}/{txn}"
    said = await person.house.request("PUT", path, content or {"body": "x"}, token=person.token)
    return said.status, said.json


async def test_a_repeat_is_the_first_event_whatever_it_says(any_estate: Estate) -> None:
    ann, room = any_estate.ann, any_estate.open_room
    status, first = await send(ann, room, "r1", {"body": "one"})
    before = await any_estate.stored()
    for content in ({"body": "one"}, {"body": "two"}, {"body": 1.5}, {"body": "x" * 70_000}):
        assert await send(ann, room, "r1", content) == (status, first)
    assert await any_estate.stored() == before
    event = (await ann.get(f"/rooms/{room}/event/{first['event_id']}")).ok()
    assert event["content"] == {"body": "one"}


async def test_fifty_at_once_are_one_event(any_estate: Estate) -> None:
    ann, room = any_estate.ann, any_estate.open_room
    before = await any_estate.stored()
    answers = await gather_at_once(*[send(ann, room, "at once", {"body": str(n)}) for n in range(50)])
    assert {status for status, _ in answers} == {200}
    assert len({told["event_id"] for _, told in answers}) == 1
    assert (await any_estate.stored())["event"] == before["event"] + 1


async def test_a_refused_request_does_not_use_up_its_id(any_estate: Estate) -> None:
    ann, ben, room = any_estate.ann, any_estate.ben, any_estate.open_room
    for wrong in ({"body": 1.5}, {"body": "x" * 70_000}):
        assert (await send(ann, room, "refused", wrong))[0] in (400, 413)
    assert (await send(ben, room, "refused", {"users": {}}, "m.room.power_levels"))[0] == 403
    assert (await send(ann, room, "refused"))[0] == 200
    assert (await send(ben, room, "refused"))[0] == 200


async def test_the_same_id_elsewhere_is_another_request(any_estate: Estate) -> None:
    ann, rooms = any_estate.ann, (any_estate.open_room, any_estate.closed_room)
    phone = await ann.another_device()
    answers = [
        await send(ann, rooms[0], "same"),
        await send(ann, rooms[1], "same"),
        await send(ann, rooms[0], "same", event_type="m.reaction"),
        await send(phone, rooms[0], "same"),
        await send(any_estate.ben, rooms[0], "same"),
    ]
    event_id = answers[0][1]["event_id"]
    for path in (
        f"/rooms/{rooms[0]}/redact/{event_id}/same",
        f"/rooms/{rooms[0]}/redact/{answers[2][1]['event_id']}/same",
    ):
        said = await ann.put(path, {})
        answers.append((said.status, said.json))
        assert (await ann.put(path, {"reason": "other"})).json == said.json
    assert {status for status, _ in answers} == {200}
    assert len({told["event_id"] for _, told in answers}) == len(answers)


STRANGE_IDS = [
    " ",
    "a/b",
    "..",
    "?",
    "#",
    "%",
    "%2F",
    "é",
    "\U0001f984",
    "x" * 255,
    "x" * 2_000,
    "'; DROP TABLE event",
    "\n",
    "\u202e",
]


@pytest.mark.parametrize("txn", STRANGE_IDS)
async def test_strange_ids_are_ids(any_estate: Estate, txn: str) -> None:
    ann, room = any_estate.ann, any_estate.open_room
    path = f"/rooms/{room}/send/m.room.message/{quote(txn, safe='')}".encode()
    first = await any_estate.ask("PUT", path, {"body": "x"}, token=ann.token)
    again = await any_estate.ask("PUT", path, {"body": "y"}, token=ann.token)
    assert first.status == 200, first
    assert first.json == again.json
    event = (await ann.get(f"/rooms/{room}/event/{first.json['event_id']}")).ok()
    assert event["unsigned"]["transaction_id"] == txn


async def test_a_repeat_after_leaving_is_refused_or_the_same(any_estate: Estate) -> None:
    newcomer, room = await any_estate.newcomer(), any_estate.open_room
    (await newcomer.join(room)).ok()
    _, first = await send(newcomer, room, "last words")
    (await newcomer.leave(room)).ok()
    before = await any_estate.stored()
    status, told = await send(newcomer, room, "last words")
    assert status == 403 or told == first
    assert await any_estate.stored() == before
