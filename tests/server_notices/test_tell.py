"""What the server tells somebody: once, in a room that stays. Client-Server API v1.19, "Server Notices"."""

from typing import Any

import pytest

from chappe import server_notices
from chappe.ids import UserID
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.house import House, Person, gather_at_once

pytestmark = pytest.mark.anyio

TEXTS = {"en": "Hello.\n\nA & B", "fr": "Bonjour."}


async def _tell(house: House, person: Person, *keys: str) -> None:
    async def act(tx: Transaction, device: Device | None, key: str) -> None:
        server_notices.tell(tx, UserID(person.user_id), key, TEXTS, {"org.example": key})

    await gather_at_once(*(house.chappe.bus.call(REGISTER, Command(act, None, (key,))) for key in keys))
    await house.settle()


async def _room(person: Person) -> tuple[str, Any]:
    rooms = (await person.get("/sync")).ok()["rooms"]["join"]
    (found,) = rooms.items()
    return found  # type: ignore[no-any-return]


async def test_somebody_is_told_each_thing_once_in_one_room(house: House) -> None:
    ada = await house.person("ada")
    await _tell(house, ada, *("one", "two", "one"))
    await _tell(house, ada, "two", "three")
    _, room = await _room(ada)
    said = [event for event in room["timeline"]["events"] if event["type"] == "m.room.message"]
    assert sorted(event["content"]["org.example"] for event in said) == ["one", "three", "two"]
    assert {event["sender"] for event in said} == {"@server:localhost"}
    assert said[0]["content"]["body"] == "Hello.\n\nA & B\n\n· · ·\n\nBonjour."
    assert "<p>A &amp; B</p>" in said[0]["content"]["formatted_body"]
    tags = [one["content"]["tags"] for one in room["account_data"]["events"] if one["type"] == "m.tag"]
    assert tags == [{"m.server_notice": {}}]
    assert "m.room.encryption" not in {event["type"] for event in room["state"]["events"]}


async def test_one_cannot_leave_write_or_change_the_room(house: House) -> None:
    ada, bob = await house.person("ada"), await house.person("bob")
    await _tell(house, ada, "one")
    room_id, _ = await _room(ada)
    answer = await ada.leave(room_id)
    assert (answer.status, answer.errcode) == (403, "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM")
    body = {"msgtype": "m.text", "body": "hi"}
    for refused in (
        await ada.put(f"/rooms/{room_id}/send/m.room.message/t", body),
        await ada.set_state(room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        await ada.invite(room_id, bob.user_id),
    ):
        assert (refused.status, refused.errcode) == (403, "M_FORBIDDEN")


async def test_nobody_is_the_server_or_invites_it(house: House) -> None:
    """The exception of law 3 is the server's alone."""
    body = {"username": "server", "password": House.PASSWORD, "auth": {"type": "m.login.dummy"}}
    answer = await house.request("POST", "/register", body)
    assert (answer.status, answer.errcode) == (400, "M_EXCLUSIVE")
    ada = await house.person("ada")
    room = await ada.create_room()
    refused = await ada.invite(room, "@server:localhost")
    assert (refused.status, refused.errcode) == (403, "M_FORBIDDEN")


async def test_an_account_that_ends_leaves_and_is_told_nothing_more(house: House) -> None:
    ada = await house.person("ada")
    await _tell(house, ada, "one")
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": ada.user_id}}
    (await ada.post("/account/deactivate", {"auth": {**auth, "password": House.PASSWORD}})).ok()
    await house.settle()
    await _tell(house, ada, "two")
    rows = await house.chappe.database.fetch("SELECT membership FROM user_room WHERE user_id = $1", ada.user_id)
    assert rows == [("leave",)]


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_the_room_is_made_in_every_version(tmp_path: Any, engine: str, open_database: Any, version: str) -> None:
    from chappe.app import Chappe
    from tests.conftest import make_settings
    from tests.house import CHEAP, Clock

    clock = Clock()
    settings = make_settings(tmp_path, room_version=version)
    house = House(await Chappe.open(settings, clock, await open_database(), CHEAP), clock)
    ada = await house.person("ada")
    await _tell(house, ada, "one", "two")
    _, room = await _room(ada)
    assert sum(event["type"] == "m.room.message" for event in room["timeline"]["events"]) == 2
    await house.close()
