"""What the server tells people: once, in a room of its own, that everybody can read and nobody can leave or use."""

from typing import Any
from urllib.parse import quote

import pytest

from chappe.errors import Refused
from chappe.restrictions import Kind, Measure
from chappe.stream import shard_of
from tests.house import House, Person, gather_at_once
from tests.restrictions.imposing import decided, restriction
from tests.server_notices.telling import told

pytestmark = pytest.mark.anyio

SERVER = "@server:localhost"


async def room_of(person: Person) -> tuple[str, Any]:
    """The one room somebody is in, as a first sync tells it."""
    joined = (await person.get("/sync")).ok()["rooms"]["join"]
    ((room_id, room),) = joined.items()
    return room_id, room


def texts(room: Any) -> list[str]:
    return [e["content"]["body"] for e in room["timeline"]["events"] if e["type"] == "m.room.message"]


@pytest.mark.parametrize("count", range(3))  # rooms lie in shards by chance
async def test_the_room_is_made_when_there_is_something_to_tell(house: House, count: int) -> None:
    anna = await house.person("anna")
    assert "rooms" not in (await anna.sync())
    statement = {"org.chappe.statement": {"decision": "D1"}, "formatted_body": "<b>Hello</b>"}
    await told(house, anna, "D1", "Hello", **statement)
    room_id, room = await room_of(anna)
    said = room["timeline"]["events"][-1]
    assert said["sender"] == SERVER
    assert said["content"] == {
        "msgtype": "m.text",
        "body": "Hello",
        "format": "org.matrix.custom.html",
        **statement,
    }
    state = {event["type"]: event["content"] for event in [*room["state"]["events"], *room["timeline"]["events"]]}
    assert state["m.room.create"]["type"] == "org.chappe.server_notices"
    assert state["m.room.name"] == {"name": "Notices of localhost"}
    assert "m.room.encryption" not in state
    assert room["account_data"]["events"] == [{"type": "m.tag", "content": {"tags": {"m.server_notice": {}}}}]
    people = (await anna.get(f"/rooms/{quote(room_id)}/joined_members")).ok()["joined"]
    assert people == {SERVER: {"display_name": "localhost"}, anna.user_id: {"display_name": "anna"}}
    assert shard_of(room_id) != shard_of(anna.user_id)
    assert room["unread_notifications"]["notification_count"] == 1
    assert texts(await _news(anna, room_id)) == ["Hello"]


async def _news(person: Person, room_id: str) -> Any:
    return (await person.sync())["rooms"]["join"][room_id]


async def test_each_key_is_told_once_and_all_in_one_room(house: House) -> None:
    anna = await house.person("anna")
    await gather_at_once(*[told(house, anna, "same", f"number {n}") for n in range(20)])
    await gather_at_once(*[told(house, anna, f"key {n}", f"other {n}") for n in range(5)])
    _, room = await room_of(anna)
    assert sorted(texts(room))[1:] == [f"other {n}" for n in range(5)]
    assert len(await house.chappe.database.fetch("SELECT room_id FROM notice_room")) == 1


async def test_each_has_a_room_of_their_own_in_their_language(house: House) -> None:
    anna, benoit = await house.person("anna"), await house.person("benoit")
    (await benoit.put(f"/user/{benoit.user_id}/account_data/org.chappe.language", {"language": "fr-BE"})).ok()
    for person in (anna, benoit):
        await told(house, person, "k", "Hello", {"body": "Bonjour"})
    (one, in_english), (other, in_french) = await room_of(anna), await room_of(benoit)
    assert one != other
    assert (texts(in_english), texts(in_french)) == (["Hello"], ["Bonjour"])
    assert "Avis de localhost" in str(in_french)
    (await anna.put(f"/user/{anna.user_id}/account_data/org.chappe.language", {"language": ["fr"]})).ok()
    await told(house, anna, "k2", "Hello again", {"body": "Rebonjour"})
    assert texts((await room_of(anna))[1]) == ["Hello", "Hello again"]


async def test_nobody_leaves_writes_or_brings_others_in_and_one_may_mute_it(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    await told(house, anna, "k", "Hello")
    room_id, _ = await room_of(anna)
    room = f"/rooms/{quote(room_id)}"
    for said in (
        await anna.leave(room_id),
        await anna.put(f"{room}/state/m.room.member/{anna.user_id}", {"membership": "leave"}),
    ):
        assert (said.status, said.errcode) == (403, "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM")
    for said in (
        await anna.put(f"{room}/send/m.room.message/1", {"msgtype": "m.text", "body": "x"}),
        await anna.invite(room_id, bob.user_id),
        await anna.post(f"{room}/kick", {"user_id": SERVER}),
        await anna.set_state(room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        await bob.join(room_id),
    ):
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    (await anna.put(f"/pushrules/global/room/{quote(room_id)}", {"actions": []})).ok()
    await told(house, anna, "k2", "Muted")
    assert (await room_of(anna))[1]["unread_notifications"]["notification_count"] == 0


@pytest.mark.parametrize("version", ["6", "11"])
async def test_it_works_in_older_room_versions(house: House, version: str) -> None:
    object.__setattr__(house.chappe.settings, "room_version", version)
    anna = await house.person("anna")
    await told(house, anna, "k", "Hello")
    room_id, room = await room_of(anna)
    assert texts(room) == ["Hello"]
    assert (await anna.leave(room_id)).errcode == "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM"


async def test_nobody_is_the_server(house: House) -> None:
    """registerUser, loginUser, inviteUser: the name is taken, and no token of it would be one."""
    anna = await house.person("anna")
    body = {"username": "server", "password": house.PASSWORD, "auth": {"type": "m.login.dummy"}}
    for name in ("server", "Server"):
        assert (await house.request("POST", "/register", body | {"username": name})).errcode == "M_USER_IN_USE"
        available = await house.request("GET", "/register/available", query={"username": name})
        assert available.errcode == "M_USER_IN_USE"
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "server"}, "password": "x" * 9}
    assert (await house.request("POST", "/login", login)).errcode == "M_FORBIDDEN"
    room_id = await anna.create_room()
    assert (await anna.invite(room_id, SERVER)).errcode == "M_FORBIDDEN"
    assert (await anna.post("/createRoom", {"invite": [SERVER]})).status in (400, 403)
    assert (await anna.get(f"/profile/{SERVER}")).status == 404


@pytest.mark.parametrize("measure", [Measure.LIMITED, Measure.SUSPENDED])
async def test_who_is_restricted_reads_what_they_are_told(house: House, measure: Measure) -> None:
    anna = await house.person("anna")
    await decided(house, restriction(Kind.ACCOUNT, anna.user_id, measure))
    await told(house, anna, "D1", "Your account is restricted.")
    assert texts((await room_of(anna))[1]) == ["Your account is restricted."]


async def test_who_is_locked_reads_it_once_they_are_not(house: House) -> None:
    anna = await house.person("anna")
    locked = restriction(Kind.ACCOUNT, anna.user_id, Measure.LOCKED, until=house.clock.ms + 60_000)
    await decided(house, locked)
    await told(house, anna, "D1", "Your account is locked.")
    house.clock.advance(61)
    assert texts((await room_of(anna))[1]) == ["Your account is locked."]


async def test_whose_account_ends_is_out_of_the_room_and_told_nothing_more(house: House) -> None:
    anna = await house.person("anna")
    await told(house, anna, "k", "Hello")
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "anna"}, "password": house.PASSWORD}
    (await anna.post("/account/deactivate", {"auth": auth})).ok()
    await house.settle()
    rows = await house.chappe.database.fetch(
        "SELECT membership FROM member_change WHERE user_id = $1 ORDER BY place", anna.user_id
    )
    assert [row[0] for row in rows] == ["invite", "join", "leave"]
    await told(house, anna, "k2", "Nobody reads this")
    for table in ("notice_told", "notice_room"):
        assert await house.chappe.database.fetch(f"SELECT user_id FROM {table}") == []


async def test_what_is_too_long_refuses_the_act_that_would_tell_it(house: House) -> None:
    anna = await house.person("anna")
    with pytest.raises(Refused):
        await told(house, anna, "k", "x" * 60_000)


async def test_the_server_is_found_by_nobody_who_looks_for_people(house: House) -> None:
    anna = await house.person("anna")
    await told(house, anna, "k", "Hello")
    await house.caught_up("rooms.directory")
    assert (await anna.post("/user_directory/search", {"search_term": "serv"})).ok()["results"] == []
