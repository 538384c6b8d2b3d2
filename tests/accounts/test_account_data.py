"""Account data and filters, and what /sync hears of them."""

import asyncio
from collections import Counter

import msgspec
import pytest

from chappe.accounts import account_data_changes
from chappe.accounts.account_data import MAX_BYTES, MAX_ENTRIES, MAX_ENTRY_BYTES
from chappe.ids import RoomID, UserID
from chappe.stream import Command, Device, Place, Transaction, shard_of
from tests.accounts.conftest import Desk

pytestmark = pytest.mark.anyio

ME = "/user/@alice:localhost"
ALICE = UserID("@alice:localhost")
ROOM = RoomID("!room:localhost")


async def test_what_is_stored_comes_back(desk: Desk) -> None:
    """setAccountData, getAccountData, setAccountDataPerRoom, getAccountDataPerRoom."""
    token = (await desk.register("alice"))["access_token"]
    content = {"a": [1, 2.5, None, "\u0000"], "ä": {}}
    for path in (f"{ME}/account_data/org.example", f"{ME}/rooms/{ROOM}/account_data/org.example"):
        assert (await desk.get(path, token=token)).errcode == "M_NOT_FOUND"
        (await desk.put(path, content, token=token)).ok()
        assert (await desk.get(path, token=token)).ok() == content
        (await desk.put(path, {}, token=token)).ok()
        assert (await desk.get(path, token=token)).ok() == {}


REFUSED: list[tuple[str, object, int, str]] = [
    (f"{ME}/account_data/m.fully_read", {}, 405, "M_BAD_JSON"),
    (f"{ME}/account_data/m.push_rules", {}, 405, "M_BAD_JSON"),
    (f"{ME}/rooms/{ROOM}/account_data/m.fully_read", {}, 405, "M_BAD_JSON"),
    (f"{ME}/rooms/{ROOM}/account_data/m.push_rules", {}, 405, "M_BAD_JSON"),
    (f"{ME}/account_data/{'x' * 256}", {}, 400, "M_INVALID_PARAM"),
    (f"{ME}/account_data/org.example", [], 400, "M_BAD_JSON"),
    (f"{ME}/account_data/org.example", {"a": "x" * (MAX_ENTRY_BYTES - 7)}, 413, "M_TOO_LARGE"),
    (f"{ME}/rooms/@x:y/account_data/org.example", {}, 400, "M_INVALID_PARAM"),
    ("/user/@bob:localhost/account_data/org.example", {}, 403, "M_FORBIDDEN"),
    (f"/user/@bob:localhost/rooms/{ROOM}/account_data/org.example", {}, 403, "M_FORBIDDEN"),
]


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    for path, body, status, errcode in REFUSED:
        said = await desk.put(path, body, token=token)
        assert (said.status, said.errcode) == (status, errcode), path
    assert (await desk.get("/user/@bob:localhost/account_data/org.example", token=token)).errcode == "M_FORBIDDEN"
    assert await desk.database.fetch("SELECT * FROM account_data") == []


async def test_an_account_stores_eight_mebibytes_and_not_a_byte_more(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    largest = {"a": "x" * (MAX_ENTRY_BYTES - 8)}
    put = [desk.put(f"{ME}/rooms/!r{n}:y/account_data/org.example", largest, token=token) for n in range(140)]
    said = await asyncio.gather(*put)
    assert Counter(one.status for one in said) == {200: 128, 403: 12}
    assert {one.errcode for one in said if one.status == 403} == {"M_RESOURCE_LIMIT_EXCEEDED"}
    assert (await desk.database.fetch("SELECT SUM(LENGTH(content)) FROM account_data"))[0][0] == MAX_BYTES
    full = next(n for n in range(140) if said[n].status == 200)
    smaller = {"a": "x" * (MAX_ENTRY_BYTES - 10)}
    (await desk.put(f"{ME}/rooms/!r{full}:y/account_data/org.example", smaller, token=token)).ok()
    (await desk.put(f"{ME}/account_data/org.example", {}, token=token)).ok()
    again = await desk.put(f"{ME}/account_data/org.more", {}, token=token)
    assert again.errcode == "M_RESOURCE_LIMIT_EXCEEDED"


async def test_an_account_stores_five_thousand_types(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]

    async def fill(tx: Transaction, device: Device | None) -> None:
        for n in range(MAX_ENTRIES - 1):
            row = "INSERT INTO account_data (user_id, room_id, type, content, place) VALUES ($1, $2, $3, $4, $5)"
            tx.append(row, ALICE, "", f"org.t{n}", b"{}", tx.place(ALICE))

    await desk.bus.call(shard_of(ALICE), Command(fill, None, ()))
    (await desk.put(f"{ME}/account_data/org.last", {}, token=token)).ok()
    assert (await desk.put(f"{ME}/account_data/org.more", {}, token=token)).errcode == "M_RESOURCE_LIMIT_EXCEEDED"
    assert (await desk.put(f"{ME}/account_data/org.more", {}, token=token)).errcode == "M_RESOURCE_LIMIT_EXCEEDED"
    (await desk.put(f"{ME}/account_data/org.t7", {"n": 1}, token=token)).ok()


async def test_what_changed_between_two_places(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    start = desk.log.head_of(ALICE)
    (await desk.put(f"{ME}/account_data/org.one", {"n": 1}, token=token)).ok()
    (await desk.put(f"{ME}/rooms/{ROOM}/account_data/org.two", {"n": 2}, token=token)).ok()
    middle = desk.log.head_of(ALICE)
    (await desk.put(f"{ME}/account_data/org.one", {"n": 3}, token=token)).ok()
    end = desk.log.head_of(ALICE)
    assert start < middle < end

    async def changes(after: Place, upto: Place) -> object:
        in_all, by_room = await account_data_changes(desk.database, ALICE, after, upto)
        decode = msgspec.json.decode
        return (
            {key: decode(value)["n"] for key, value in in_all},
            {room: {key: decode(value)["n"] for key, value in entries} for room, entries in by_room.items()},
        )

    assert await changes(start, end) == ({"org.one": 3}, {ROOM: {"org.two": 2}})
    assert await changes(middle, end) == ({"org.one": 3}, {})
    assert await changes(end, end) == ({}, {})


async def test_a_change_wakes_who_waits(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    woken: list[str] = []

    class Waiting:
        def wake(self, key: str) -> None:
            woken.append(key)

    desk.log.watch(ALICE, Waiting())
    (await desk.put(f"{ME}/account_data/org.one", {}, token=token)).ok()
    assert woken == [ALICE]


FILTER = {
    "room": {"timeline": {"limit": 10, "types": ["m.room.message"]}, "state": {"lazy_load_members": True}},
    "presence": {"not_types": ["*"]},
    "org.example.later": 1,
}


async def test_filters(desk: Desk) -> None:
    """defineFilter, getFilter."""
    token = (await desk.register("alice"))["access_token"]
    one = (await desk.post(f"{ME}/filter", FILTER, token=token)).ok()["filter_id"]
    assert (await desk.post(f"{ME}/filter", FILTER, token=token)).ok()["filter_id"] == one
    assert not one.startswith("{")
    assert (await desk.get(f"{ME}/filter/{one}", token=token)).ok() == FILTER
    assert (await desk.get(f"{ME}/filter/unknown", token=token)).errcode == "M_NOT_FOUND"
    wrongs: list[object] = [{"room": []}, {"room": {"timeline": {"limit": "10"}}}, {"event_fields": [1]}, []]
    for wrong in wrongs:
        assert (await desk.post(f"{ME}/filter", wrong, token=token)).errcode == "M_BAD_JSON"
    assert (await desk.post("/user/@bob:localhost/filter", {}, token=token)).errcode == "M_FORBIDDEN"
    assert (await desk.get(f"/user/@bob:localhost/filter/{one}", token=token)).errcode == "M_FORBIDDEN"


async def test_an_account_keeps_two_hundred_filters(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    first = (await desk.post(f"{ME}/filter", FILTER, token=token)).ok()["filter_id"]
    said = await asyncio.gather(
        *(desk.post(f"{ME}/filter", {"room": {"timeline": {"limit": n}}}, token=token) for n in range(200))
    )
    assert {one.status for one in said} == {200}
    assert len(await desk.database.fetch("SELECT * FROM filter")) == 200
    assert (await desk.get(f"{ME}/filter/{first}", token=token)).errcode == "M_NOT_FOUND"
