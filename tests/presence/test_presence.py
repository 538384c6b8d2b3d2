"""Who is there: what people say, what time changes, and what others are told; over HTTP, on both engines."""

from pathlib import Path
from typing import Any

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


@pytest.fixture
async def anna(house: House) -> Person:
    return await house.person("anna")


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.person("bob")


@pytest.fixture
async def room(anna: Person, bob: Person) -> str:
    room_id = await anna.create_room(preset="public_chat")
    (await bob.join(room_id)).ok()
    return room_id


async def put(person: Person, **body: object) -> Said:
    return await person.put(f"/presence/{person.user_id}/status", body)


async def seen(person: Person, by: Person) -> Any:
    return (await by.get(f"/presence/{person.user_id}/status")).ok()


async def told(person: Person, **query: Any) -> dict[str, Any]:
    """The presence in the person's next /sync, who is not to be seen by that."""
    events = (await person.sync(set_presence="offline", **query))["presence"]["events"]
    assert all(event.keys() == {"type", "sender", "content"} and event["type"] == "m.presence" for event in events)
    return {event["sender"]: event["content"] for event in events}


async def test_what_people_say_is_seen_by_others(anna: Person, bob: Person, room: str) -> None:
    """setPresence, getPresence, and m.presence in /sync: once."""
    assert await seen(bob, anna) == {"presence": "offline"}
    assert await told(anna) == {}
    assert (await put(bob, presence="online", status_msg="Here I am")).ok() == {}
    answer = await seen(bob, anna)
    assert 0 <= answer.pop("last_active_ago") < 1000
    assert answer == {"presence": "online", "currently_active": True, "status_msg": "Here I am"}
    news = await told(anna)
    assert news[bob.user_id]["presence"] == "online"
    assert news[bob.user_id]["status_msg"] == "Here I am"
    assert await told(anna) == {}
    (await put(bob, presence="online", status_msg="Here I am")).ok()
    assert await told(anna) == {}
    (await put(bob, presence="unavailable")).ok()
    news = await told(anna)
    assert news[bob.user_id].keys() == {"presence", "last_active_ago", "currently_active"}
    assert (news[bob.user_id]["presence"], news[bob.user_id]["currently_active"]) == ("unavailable", False)
    (await put(bob, presence="busy")).ok()
    assert (await told(anna))[bob.user_id]["presence"] == "busy"


async def test_syncing_is_being_online_and_silence_is_not(house: House, anna: Person, bob: Person, room: str) -> None:
    await told(anna)
    await bob.sync()
    assert (await told(anna))[bob.user_id]["presence"] == "online"
    house.clock.advance(29)
    assert await told(anna) == {}
    house.clock.advance(5)
    assert (await told(anna))[bob.user_id]["presence"] == "offline"
    assert (await seen(bob, anna))["last_active_ago"] >= 34_000
    await bob.sync(set_presence="offline")
    assert (await seen(bob, anna))["presence"] == "offline"
    await bob.sync(set_presence="unavailable")
    assert (await seen(bob, anna))["presence"] == "unavailable"
    await bob.sync(set_presence="online")
    assert (await seen(bob, anna))["presence"] == "online"
    said = await bob.get("/sync", set_presence="away")
    assert (said.status, said.errcode) == (400, "M_INVALID_PARAM")


async def test_who_does_nothing_is_idle_until_they_do_something(
    house: House, anna: Person, bob: Person, room: str
) -> None:
    for _ in range(16):
        await bob.sync()
        house.clock.advance(20)
    assert (await seen(bob, anna))["presence"] == "unavailable"
    await bob.sync()
    assert (await seen(bob, anna))["presence"] == "unavailable"
    await told(anna)
    await bob.send(room, "Hello")
    assert (await told(anna))[bob.user_id]["presence"] == "online"


async def test_what_one_has_said_lasts_while_one_syncs(house: House, anna: Person, bob: Person, room: str) -> None:
    (await put(bob, presence="unavailable", status_msg="Tea")).ok()
    for _ in range(3):
        await bob.sync()
        house.clock.advance(20)
    assert (await seen(bob, anna))["presence"] == "unavailable"
    assert (await seen(bob, anna))["status_msg"] == "Tea"
    house.clock.advance(20)
    assert (await seen(bob, anna))["presence"] == "offline"
    (await put(bob, presence="online")).ok()
    house.clock.advance(40)
    assert (await seen(bob, anna))["presence"] == "offline"


async def test_the_most_present_device_counts(anna: Person, bob: Person, room: str) -> None:
    phone = await bob.another_device()
    await bob.sync()
    await phone.sync(set_presence="unavailable")
    assert (await seen(bob, anna))["presence"] == "online"
    (await put(bob, presence="offline")).ok()
    assert (await seen(bob, anna))["presence"] == "unavailable"


async def test_only_people_who_share_a_room_are_told(house: House, anna: Person, bob: Person, room: str) -> None:
    carl = await house.person("carl")
    await told(carl)
    await told(anna)
    await bob.sync()
    (await put(bob, presence="online")).ok()
    assert await told(carl) == {}
    said = await carl.get(f"/presence/{bob.user_id}/status")
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await carl.get("/presence/@nobody:localhost/status")).errcode == "M_FORBIDDEN"
    assert (await put(carl, presence="offline")).ok() == {}
    assert (await seen(carl, carl))["presence"] == "offline"
    (await carl.join(room)).ok()
    assert (await told(carl))[bob.user_id]["presence"] == "online"
    (await bob.leave(room)).ok()
    await bob.sync()
    (await put(bob, presence="busy")).ok()
    assert await told(carl) == {}


async def test_who_begins_is_told_who_is_there(house: House, anna: Person, bob: Person, room: str) -> None:
    carl = await house.person("carl")
    (await carl.join(room)).ok()
    for person in (bob, carl):
        await person.sync()
    (await put(carl, presence="offline")).ok()
    assert {user: one["presence"] for user, one in (await told(anna)).items()} == {bob.user_id: "online"}


async def test_who_comes_into_another_room_is_seen_there(house: House, anna: Person, bob: Person) -> None:
    await bob.sync()
    await told(anna)
    room = await anna.create_room(preset="public_chat")
    await told(anna)
    (await bob.join(room)).ok()
    await bob.sync()
    assert (await told(anna))[bob.user_id]["presence"] == "online"


async def test_filters_and_ignored_people(anna: Person, bob: Person, room: str) -> None:
    await told(anna)
    await bob.sync()
    since = anna.since
    for presence, expected in (
        ({"not_types": ["m.presence"]}, set()),
        ({"types": ["m.*"]}, {bob.user_id}),
        ({"not_senders": [bob.user_id]}, set()),
    ):
        body = {"presence": presence}
        filter_id = (await anna.post(f"/user/{anna.user_id}/filter", body)).ok()["filter_id"]
        assert (await told(anna, since=since, filter=filter_id)).keys() == expected
    ignored: dict[str, Any] = {"ignored_users": {bob.user_id: {}}}
    (await anna.put(f"/user/{anna.user_id}/account_data/m.ignored_user_list", ignored)).ok()
    assert await told(anna, since=since) == {}


async def test_a_new_name_is_told(anna: Person, bob: Person, room: str) -> None:
    await bob.sync()
    await told(anna)
    (await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Robert"})).ok()
    news = (await told(anna))[bob.user_id]
    assert (news["presence"], news["displayname"]) == ("online", "Robert")
    (await bob.delete(f"/profile/{bob.user_id}/displayname")).ok()
    assert "displayname" not in (await told(anna))[bob.user_id]


async def test_presence_wakes_nobody_and_is_told_at_the_end(anna: Person, bob: Person, room: str) -> None:
    await told(anna)
    await bob.sync()
    assert (await told(anna, timeout=150))[bob.user_id]["presence"] == "online"
    quiet = anna.since
    await told(anna, timeout=20)
    assert anna.since == quiet, "nothing was told, so the token is the same"


async def test_what_is_wrong_is_refused(anna: Person, bob: Person, room: str) -> None:
    for body, errcode in (
        ({}, "M_BAD_JSON"),
        ({"presence": "away"}, "M_INVALID_PARAM"),
        ({"presence": 1}, "M_BAD_JSON"),
        ({"presence": "online", "status_msg": "x" * 513}, "M_INVALID_PARAM"),
        ({"presence": "online", "status_msg": 7}, "M_BAD_JSON"),
    ):
        said = await anna.put(f"/presence/{anna.user_id}/status", body)
        assert (said.status, said.errcode) == (400, errcode), body
    said = await anna.put(f"/presence/{bob.user_id}/status", {"presence": "online"})
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")


class TestSwitchedOff:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return make_settings(tmp_path, presence="false")

    async def test_nobody_is_seen(self, anna: Person, bob: Person, room: str) -> None:
        await told(anna)
        await bob.sync()
        (await put(bob, presence="online")).ok()
        assert await seen(bob, anna) == {"presence": "offline"}
        assert await told(anna) == {}
