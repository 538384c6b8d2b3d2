"""Receipts, the fully-read marker, and what they are refused for."""

from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.stream import Place
from chappe.timeline.receipts import read_upto, receipts_between
from tests.house import House, Person, gather_at_once


async def scene(house: House) -> tuple[Person, Person, str, list[str]]:
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(preset="public_chat")
    (await bob.join(room_id)).ok()
    return alice, bob, room_id, [await alice.send(room_id, f"m{number}") for number in range(4)]


async def read(person: Person, room_id: str, event_id: str, kind: str = "m.read", **body: object) -> int:
    return (await person.post(f"/rooms/{room_id}/receipt/{kind}/{event_id}", body)).status


async def receipts(house: House, room_id: str) -> dict[tuple[str, str, str], str]:
    """Event by user, type and thread, as stored."""
    found = await receipts_between(house.chappe.database, RoomID(room_id), Place(0), Place(2**62))
    return {(one.user_id, one.type, one.thread_id): one.event_id for one in found}


async def related(person: Person, room_id: str, rel_type: str, event_id: str) -> str:
    content: dict[str, Any] = {"m.relates_to": {"rel_type": rel_type, "event_id": event_id}}
    return await person.send(room_id, "in relation", **content)


@pytest.mark.anyio
async def test_a_receipt_goes_forward_only(house: House) -> None:
    """postReceipt."""
    _, bob, room_id, sent = await scene(house)
    for event_id, stands in ((sent[1], sent[1]), (sent[0], sent[1]), (sent[3], sent[3]), (sent[3], sent[3])):
        assert await read(bob, room_id, event_id) == 200
        assert await receipts(house, room_id) == {(bob.user_id, "m.read", ""): stands}


@pytest.mark.anyio
async def test_receipts_at_the_same_time_end_at_the_furthest(house: House) -> None:
    _, bob, room_id, sent = await scene(house)
    assert await gather_at_once(*(read(bob, room_id, event_id) for event_id in sent * 10)) == [200] * 40
    assert await receipts(house, room_id) == {(bob.user_id, "m.read", ""): sent[3]}


@pytest.mark.anyio
async def test_a_receipt_that_changes_nothing_wakes_nobody(house: House) -> None:
    _, bob, room_id, sent = await scene(house)
    await read(bob, room_id, sent[2])
    before = house.chappe.log.head_of(room_id)
    await read(bob, room_id, sent[1])
    await read(bob, room_id, sent[2])
    assert house.chappe.log.head_of(room_id) == before


@pytest.mark.anyio
async def test_others_hear_of_public_receipts_only(house: House) -> None:
    alice, bob, room_id, sent = await scene(house)
    for person in (alice, bob):
        await person.sync()
    await read(bob, room_id, sent[2], "m.read.private")
    await read(bob, room_id, sent[1], "m.read")

    def told(news: Any) -> Any:
        return news["rooms"]["join"][room_id]["ephemeral"]["events"][0]["content"]

    to_alice, to_bob = told(await alice.sync()), told(await bob.sync())
    assert set(to_alice) == {sent[1]}
    assert set(to_alice[sent[1]]["m.read"]) == {bob.user_id}
    assert set(to_bob) == {sent[1], sent[2]}


@pytest.mark.anyio
async def test_the_furthest_of_public_and_private_counts_as_read(house: House) -> None:
    _, bob, room_id, sent = await scene(house)
    database = house.chappe.database

    async def place_of(event_id: str) -> Place:
        row = await database.fetch_one("SELECT place FROM event WHERE event_id = $1", event_id)
        assert row is not None
        return Place(row[0])

    async def upto() -> tuple[Place, int]:
        return await read_upto(database, RoomID(room_id), UserID(bob.user_id))

    assert await upto() == (0, 0)
    await read(bob, room_id, sent[2], "m.read.private")
    assert await upto() == (await place_of(sent[2]), 3)
    await read(bob, room_id, sent[1], "m.read")
    assert await upto() == (await place_of(sent[2]), 3)
    await read(bob, room_id, sent[3], thread_id="main")
    assert await upto() == (await place_of(sent[3]), 4)
    reply = await related(bob, room_id, "m.thread", sent[0])
    await read(bob, room_id, reply, thread_id=sent[0])
    assert await upto() == (await place_of(sent[3]), 4)


@pytest.mark.anyio
async def test_each_thread_has_its_receipt(house: House) -> None:
    alice, bob, room_id, sent = await scene(house)
    reply = await related(alice, room_id, "m.thread", sent[0])
    for event_id, body in ((sent[1], {}), (sent[2], {"thread_id": "main"}), (reply, {"thread_id": sent[0]})):
        assert await read(bob, room_id, event_id, **body) == 200
    assert await receipts(house, room_id) == {
        (bob.user_id, "m.read", ""): sent[1],
        (bob.user_id, "m.read", "main"): sent[2],
        (bob.user_id, "m.read", sent[0]): reply,
    }


@pytest.mark.anyio
async def test_a_receipt_fits_its_thread(house: House) -> None:
    alice, bob, room_id, sent = await scene(house)
    reply = await related(alice, room_id, "m.thread", sent[0])

    to_reply = await related(bob, room_id, "m.reference", reply)
    twice = await related(bob, room_id, "m.reference", to_reply)
    for event_id, thread_id, status in (
        (reply, sent[0], 200),
        (to_reply, sent[0], 200),
        (twice, sent[0], 200),
        (sent[0], sent[0], 200),
        (sent[0], "main", 200),
        (sent[1], "main", 200),
        (reply, "main", 400),
        (to_reply, "main", 400),
        (reply, sent[1], 400),
        (sent[1], sent[0], 400),
    ):
        assert await read(bob, room_id, event_id, thread_id=thread_id) == status, (event_id, thread_id)


@pytest.mark.anyio
async def test_wrong_receipts_are_refused(house: House) -> None:
    _, bob, room_id, sent = await scene(house)
    unknown = "$" + "a" * 43
    for kind, event_id, body, status, errcode in (
        ("m.read", unknown, {}, 404, "M_NOT_FOUND"),
        ("m.fully_read", unknown, {}, 404, "M_NOT_FOUND"),
        ("m.read", "$x", {}, 400, "M_INVALID_PARAM"),
        ("m.seen", sent[0], {}, 400, "M_INVALID_PARAM"),
        ("m.read", sent[0], {"thread_id": ""}, 400, "M_INVALID_PARAM"),
        ("m.read", sent[0], {"thread_id": 5}, 400, "M_INVALID_PARAM"),
        ("m.read", sent[0], {"thread_id": "other"}, 400, "M_INVALID_PARAM"),
        ("m.read", sent[0], {"thread_id": unknown}, 400, "M_INVALID_PARAM"),
        ("m.fully_read", sent[0], {"thread_id": "main"}, 400, "M_INVALID_PARAM"),
    ):
        said = await bob.post(f"/rooms/{room_id}/receipt/{kind}/{event_id}", body)
        assert (said.status, said.errcode) == (status, errcode), said.text
    assert await receipts(house, room_id) == {}


@pytest.mark.anyio
async def test_the_fully_read_marker_is_account_data_and_goes_forward(house: House) -> None:
    _, bob, room_id, sent = await scene(house)
    await bob.sync()
    assert await read(bob, room_id, sent[2], "m.fully_read") == 200
    news = await bob.sync()
    (told,) = news["rooms"]["join"][room_id]["account_data"]["events"]
    assert told == {"type": "m.fully_read", "content": {"event_id": sent[2]}}
    assert await read(bob, room_id, sent[1], "m.fully_read") == 200
    path = f"/user/{bob.user_id}/rooms/{room_id}/account_data/m.fully_read"
    assert (await bob.get(path)).ok() == {"event_id": sent[2]}
    assert await receipts(house, room_id) == {}


@pytest.mark.anyio
async def test_markers_move_together(house: House) -> None:
    """setReadMarker."""
    _, bob, room_id, sent = await scene(house)
    body = {"m.fully_read": sent[0], "m.read": sent[1], "m.read.private": sent[2]}
    (await bob.post(f"/rooms/{room_id}/read_markers", body)).ok()
    assert await receipts(house, room_id) == {
        (bob.user_id, "m.read", ""): sent[1],
        (bob.user_id, "m.read.private", ""): sent[2],
    }
    path = f"/user/{bob.user_id}/rooms/{room_id}/account_data/m.fully_read"
    assert (await bob.get(path)).ok() == {"event_id": sent[0]}
    (await bob.post(f"/rooms/{room_id}/read_markers", {})).ok()
    half = {"m.fully_read": sent[1], "m.read": sent[2], "m.read.private": "$" + "A" * 43}
    said = await bob.post(f"/rooms/{room_id}/read_markers", half)
    assert (said.status, said.errcode) == (404, "M_NOT_FOUND")
    assert (await bob.get(path)).ok() == {"event_id": sent[0]}
    assert (await receipts(house, room_id))[bob.user_id, "m.read", ""] == sent[1]
    for wrong in ({"m.read": "x"}, {"m.fully_read": "x"}):
        said = await bob.post(f"/rooms/{room_id}/read_markers", wrong)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM")
