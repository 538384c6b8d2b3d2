"""Paging through a room's history, and looking around one event."""

import asyncio
from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.storage import Database, Row
from chappe.timeline.filters import EventFilter
from chappe.timeline.pages import MAX_PAGE_BYTES, Page, Walk
from chappe.timeline.visible import Viewer, Withholding, sight_of
from tests.house import House, Person


async def room_with(house: House, count: int) -> tuple[Person, str, list[str]]:
    alice = await house.person("alice")
    room_id = await alice.create_room(preset="public_chat")
    return alice, room_id, [await alice.send(room_id, f"m{number}") for number in range(count)]


async def walk_through(
    person: Person, room_id: str, direction: str, limit: int, **query: Any
) -> list[list[dict[str, Any]]]:
    """All pages, one after the other."""
    found: list[list[dict[str, Any]]] = []
    for _ in range(200):
        page = (await person.get(f"/rooms/{room_id}/messages", dir=direction, limit=limit, **query)).ok()
        found.append(page["chunk"])
        if "end" not in page:
            return found
        query["from"] = page["end"]
    raise AssertionError("paging does not end")


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [event["content"]["body"] for event in events if event["type"] == "m.room.message"]


@pytest.mark.anyio
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
async def test_pages_hold_everything_once_in_both_directions(house: House, limit: int) -> None:
    """getRoomEvents."""
    alice, room_id, _ = await room_with(house, 8)
    backwards = await walk_through(alice, room_id, "b", limit)
    forwards = await walk_through(alice, room_id, "f", limit)
    flat = [event["event_id"] for page in backwards for event in page]
    assert flat == [event["event_id"] for page in forwards for event in page][::-1]
    assert len(flat) == len(set(flat))
    assert backwards[-1][-1]["type"] == "m.room.create"
    assert texts([event for page in forwards for event in page]) == [f"m{number}" for number in range(8)]
    assert all(len(page) == limit for page in backwards[:-1])
    assert backwards[-1], "the last page is not empty: that there is no more is known before"


@pytest.mark.anyio
async def test_tokens_of_sync_are_places_in_the_room(house: House) -> None:
    alice, room_id, _ = await room_with(house, 5)
    first = await alice.sync(filter='{"room":{"timeline":{"limit":2}}}')
    timeline = first["rooms"]["join"][room_id]["timeline"]
    await alice.send(room_id, "later")
    before = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=2, **{"from": timeline["prev_batch"]})).ok()
    assert texts(before["chunk"]) == ["m2", "m1"]
    assert before["start"] == timeline["prev_batch"]
    since = {"from": first["next_batch"]}
    assert texts((await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=1, **since)).ok()["chunk"]) == ["m4"]
    after = (await alice.get(f"/rooms/{room_id}/messages", dir="f", **since)).ok()
    assert texts(after["chunk"]) == ["later"]
    assert "end" not in after
    between = {"from": first["next_batch"], "to": timeline["prev_batch"]}
    page = (await alice.get(f"/rooms/{room_id}/messages", dir="b", **between)).ok()
    assert texts(page["chunk"]) == ["m4", "m3"]
    assert "end" not in page


@pytest.mark.anyio
async def test_events_are_told_as_clients_expect(house: House) -> None:
    alice, room_id, _ = await room_with(house, 0)
    await alice.send(room_id, "mine", txn="my-txn")
    other = await alice.another_device()
    (event,) = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=1)).ok()["chunk"]
    assert event["room_id"] == room_id
    assert event["unsigned"]["transaction_id"] == "my-txn"
    assert event["unsigned"]["membership"] == "join"
    (event,) = (await other.get(f"/rooms/{room_id}/messages", dir="b", limit=1)).ok()["chunk"]
    assert "transaction_id" not in event["unsigned"]


@pytest.mark.anyio
async def test_filters_hold_for_pages(house: House) -> None:
    alice, room_id, _ = await room_with(house, 3)
    bob = await house.person("bob")
    (await bob.join(room_id)).ok()
    await bob.send(room_id, "of bob", url="mxc://localhost/x")

    async def told(filter: str) -> list[str]:
        page = (await alice.get(f"/rooms/{room_id}/messages", dir="f", limit=100, filter=filter)).ok()
        return texts(page["chunk"])

    assert await told('{"types":["m.room.message"]}') == ["m0", "m1", "m2", "of bob"]
    assert await told('{"types":["m.room.*"],"not_types":["m.room.m*"]}') == []
    assert await told(f'{{"not_senders":["{alice.user_id}"]}}') == ["of bob"]
    assert await told('{"contains_url":true}') == ["of bob"]
    assert await told('{"contains_url":false,"types":["m.room.message"]}') == ["m0", "m1", "m2"]
    few = [page for page in await walk_through(alice, room_id, "b", 2, filter='{"types":["m.room.message"]}') if page]
    assert [texts(page) for page in few] == [["of bob", "m2"], ["m1", "m0"]]
    limited = (await alice.get(f"/rooms/{room_id}/messages", dir="b", filter='{"limit":1}')).ok()
    assert len(limited["chunk"]) == 1


@pytest.mark.anyio
async def test_lazy_members_come_with_their_messages(house: House) -> None:
    alice, room_id, _ = await room_with(house, 1)
    bob, carol = await house.person("bob"), await house.person("carol")
    for person in (bob, carol):
        (await person.join(room_id)).ok()
    await bob.send(room_id, "of bob")
    lazy = '{"lazy_load_members":true}'
    page = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=1, filter=lazy)).ok()
    assert [event["state_key"] for event in page["state"]] == [bob.user_id]
    assert page["state"][0]["type"] == "m.room.member"
    everyone = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=100, filter=lazy)).ok()
    assert {event["state_key"] for event in everyone["state"]} == {alice.user_id, bob.user_id, carol.user_id}
    assert "state" not in (await alice.get(f"/rooms/{room_id}/messages", dir="b")).ok()


@pytest.mark.anyio
async def test_wrong_parameters_are_named(house: House) -> None:
    alice, room_id, _ = await room_with(house, 1)
    for query, errcode, word in (
        ({}, "M_MISSING_PARAM", "dir"),
        ({"dir": "x"}, "M_INVALID_PARAM", "dir"),
        ({"dir": "b", "limit": "many"}, "M_INVALID_PARAM", "limit"),
        ({"dir": "b", "from": "r1_nonsense"}, "M_INVALID_PARAM", "from"),
        ({"dir": "b", "to": "s1_nonsense"}, "M_INVALID_PARAM", "to"),
        ({"dir": "b", "filter": "{"}, "M_NOT_JSON", ""),
        ({"dir": "b", "filter": "[]"}, "M_INVALID_PARAM", "filter"),
        ({"dir": "b", "filter": '{"types":1}'}, "M_INVALID_PARAM", "filter.types"),
    ):
        said = await alice.get(f"/rooms/{room_id}/messages", **query)
        assert (said.status, said.errcode) == (400, errcode), said.text
        assert word in said.json["error"]
    for limit in (-5, 0):
        assert len((await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=limit)).ok()["chunk"]) == 1
    assert (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=10**9)).status == 200


@pytest.mark.anyio
async def test_a_filter_that_little_passes_costs_a_bounded_page(house: House) -> None:
    """Such a page is short or empty, and its end leads on."""
    alice, room_id, _ = await room_with(house, 40)
    reads, viewer = house.chappe.database, Viewer(UserID(alice.user_id))
    sight = await sight_of(reads, RoomID(room_id), viewer, Withholding())
    rare = EventFilter.parse({"types": ["m.room.create"]})
    walk = Walk(reads, RoomID(room_id), viewer, sight, Withholding(), rare, most_scanned=10)
    start = house.chappe.log.head_of(room_id)
    found: list[Page] = [await walk.backwards(start, walk.beginning, 5)]
    assert found[0].events == []
    while (end := found[-1].end) is not None:
        assert start - end <= 20, "positions are also taken by effects, but not by many"
        found.append(await walk.backwards(end, walk.beginning, 5))
        start = end
    assert [event.type for page in found for event in page.events] == ["m.room.create"]
    assert len(found) > 4


class Looks:
    """Reads that notice how many turns others had on the loop before each of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = 0
        self.before_each: list[int] = []
        self._ticks = asyncio.get_running_loop().call_soon(self._tick)

    def _tick(self) -> None:
        self._turns += 1
        self._ticks = asyncio.get_running_loop().call_soon(self._tick)

    def stop(self) -> None:
        self._ticks.cancel()

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        self.before_each.append(self._turns)
        return await self._database.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        return await self._database.fetch_one(sql, *arguments)


@pytest.mark.anyio
async def test_whoever_looks_through_many_events_lets_others_have_the_loop(house: House) -> None:
    """getRoomEvents: between one read and the next, also where the database answers without waiting."""
    alice, room_id, _ = await room_with(house, 12)
    database, viewer = house.chappe.database, Viewer(UserID(alice.user_id))
    sight = await sight_of(database, RoomID(room_id), viewer, Withholding())
    none = EventFilter.parse({"types": ["there.is.none"]})
    looks = Looks(database)
    walk = Walk(looks, RoomID(room_id), viewer, sight, Withholding(), none)
    page = await walk.backwards(house.chappe.log.head_of(room_id), walk.beginning, 1)
    looks.stop()
    assert page == Page([], None)
    assert len(looks.before_each) > 1
    assert len(set(looks.before_each)) == len(looks.before_each)


@pytest.mark.anyio
async def test_a_page_of_large_events_ends_early_and_leads_on(house: House) -> None:
    alice = await house.person("alice")
    room_id = await alice.create_room()
    sent = [await alice.send(room_id, "m" * 60_000) for _ in range(30)]
    for direction, order in (("b", sent[::-1]), ("f", sent)):
        pages = await walk_through(alice, room_id, direction, 1000)
        assert len(pages) == 2
        assert max(sum(len(event["content"].get("body", "")) for event in page) for page in pages) <= MAX_PAGE_BYTES
        flat = [event["event_id"] for page in pages for event in page if event["type"] == "m.room.message"]
        assert flat == order


@pytest.mark.anyio
async def test_context_is_what_happened_around(house: House) -> None:
    alice, room_id, sent = await room_with(house, 9)
    (await alice.set_state(room_id, "m.room.name", {"name": "after"})).ok()
    told = (await alice.get(f"/rooms/{room_id}/context/{sent[4]}", limit=5)).ok()
    assert told["event"]["event_id"] == sent[4]
    assert texts(told["events_before"]) == ["m3", "m2"]
    assert texts(told["events_after"]) == ["m5", "m6", "m7"]
    assert "m.room.name" not in {event["type"] for event in told["state"]}
    assert {event["type"] for event in told["state"]} >= {"m.room.create", "m.room.member", "m.room.power_levels"}
    back = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=1, **{"from": told["start"]})).ok()
    assert texts(back["chunk"]) == ["m1"]
    on = (await alice.get(f"/rooms/{room_id}/messages", dir="f", limit=1, **{"from": told["end"]})).ok()
    assert texts(on["chunk"]) == ["m8"]
    alone = (await alice.get(f"/rooms/{room_id}/context/{sent[4]}", limit=0)).ok()
    assert (alone["events_before"], alone["events_after"]) == ([], [])
    back = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=1, **{"from": alone["start"]})).ok()
    assert texts(back["chunk"]) == ["m3"]


@pytest.mark.anyio
async def test_context_takes_a_filter(house: House) -> None:
    alice, room_id, sent = await room_with(house, 3)
    bob, carol = await house.person("bob"), await house.person("carol")
    for person in (bob, carol):
        (await person.join(room_id)).ok()
    await bob.send(room_id, "of bob")
    path = f"/rooms/{room_id}/context/{sent[2]}"
    told = (await alice.get(path, filter='{"types":["m.room.message"],"lazy_load_members":true}')).ok()
    assert texts(told["events_after"]) == ["of bob"]
    assert {event["state_key"] for event in told["state"]} == {alice.user_id, bob.user_id}
    told = (await alice.get(path, filter='{"types":["m.room.create"]}')).ok()
    assert told["event"]["event_id"] == sent[2]
    assert [event["type"] for event in told["state"]] == ["m.room.create"]


@pytest.mark.anyio
async def test_an_event_is_found_in_its_own_room_only(house: House) -> None:
    """getOneRoomEvent."""
    alice, room_id, sent = await room_with(house, 1)
    other = await alice.create_room(preset="public_chat")
    assert (await alice.get(f"/rooms/{room_id}/event/{sent[0]}")).ok()["content"]["body"] == "m0"
    for path in (f"event/{sent[0]}", f"context/{sent[0]}", "event/$" + "a" * 43):
        said = await alice.get(f"/rooms/{other}/{path}")
        assert (said.status, said.errcode) == (404, "M_NOT_FOUND")
