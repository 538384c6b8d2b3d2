"""What clients that have an event already are told: a redaction by the server, which is no part of the room."""

import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from chappe.ids import RoomID
from chappe.restrictions import Kind, Measure, sweep
from chappe.rooms import Rooms
from chappe.rooms.store import last_event
from tests.house import House, Person
from tests.restrictions.imposing import decided, restriction, reversed_

pytestmark = pytest.mark.anyio


async def two(house: House, **room: Any) -> tuple[Person, Person, str]:
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = await anna.create_room(preset="public_chat", **room)
    (await bob.join(room_id)).ok()
    return anna, bob, room_id


def timeline(answer: Any, room_id: str) -> list[Any]:
    return list(answer["rooms"]["join"][room_id]["timeline"]["events"])


@pytest.mark.parametrize("version", ["10", "12"])
async def test_clients_are_told_by_a_redaction_and_given_the_original_again(house: House, version: str) -> None:
    anna, bob, room_id = await two(house, room_version=version)
    event_id = await anna.send(room_id, "gone?")
    path = f"/rooms/{quote(room_id)}/event/{quote(event_id)}"
    original = (await bob.get(path)).ok()
    await anna.sync()
    before = (await bob.sync())["rooms"]["join"][room_id]["unread_notifications"]
    removed = restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id)
    await decided(house, removed)
    for told in [timeline(await person.sync(), room_id)[0] for person in (anna, bob)]:
        assert (told["type"], told["sender"], told["redacts"]) == ("m.room.redaction", "@server:localhost", event_id)
        assert told["content"]["org.chappe.restricted"]["decision"] == removed.decision
    placeholder = (await bob.get(path)).ok()
    assert placeholder["content"] == {}
    assert placeholder["unsigned"]["redacted_because"]["sender"] == "@server:localhost"
    assert placeholder["unsigned"]["org.chappe.restricted"]["id"] == removed.id
    await reversed_(house, removed)
    again = (await bob.get(path)).ok()
    for one in (original, again):
        one["unsigned"].pop("age")
    assert again == original
    told_again = (await bob.sync())["rooms"]["join"][room_id]
    assert told_again["timeline"]["limited"]
    assert event_id in [event["event_id"] for event in told_again["timeline"]["events"]]
    assert "m.room.redaction" not in str(told_again)
    assert "m.room.redaction" not in (await bob.get(f"/rooms/{quote(room_id)}/messages", dir="b")).text
    assert told_again["unread_notifications"] == before


async def test_a_later_sync_tells_nothing_of_it_within_other_events_nor_as_state(house: House) -> None:
    anna, bob, room_id = await two(house)
    carl = await house.person("carl")
    (await carl.join(room_id)).ok()
    topic = (await anna.set_state(room_id, "m.room.topic", {"topic": "Xylographs"})).ok()["event_id"]
    await anna.send(room_id, "before")
    await bob.sync()
    removed = restriction(Kind.EVENT, topic, Measure.REMOVED, within=room_id)
    await decided(house, removed)
    await bob.sync()
    await anna.send(room_id, "one more")
    root = await anna.send(room_id, "root")
    thread: dict[str, Any] = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    reply = await carl.send(room_id, "Xylograph", **thread)
    since = bob.since
    await decided(house, restriction(Kind.EVENT, reply, Measure.REMOVED, within=room_id))
    wanted = {"room": {"timeline": {"limit": 1, "not_senders": [carl.user_id, "@server:localhost"]}}}
    told = await bob.sync(since=since, filter=json.dumps(wanted))
    (event,) = timeline(told, room_id)
    assert event["event_id"] == root
    latest = event["unsigned"]["m.relations"]["m.thread"]["latest_event"]
    assert (latest["event_id"], latest["content"]) == (reply, {})
    assert "Xylograph" not in str(told)
    await anna.send(room_id, "last")
    assert "Xylograph" not in str(await bob.sync(full_state="true"))


async def test_others_in_the_room_share_what_nothing_restricted_is_in(house: House) -> None:
    """A room in which something was restricted once costs no more for each message than others."""
    anna, bob, room_id = await two(house)
    event_id = await anna.send(room_id, "gone?")
    await decided(house, restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id))
    await bob.sync()
    looked: list[str] = []
    database, fetch = house.chappe.database, house.chappe.database.fetch

    async def counted(sql: str, *arguments: object) -> Any:
        looked.append(sql)
        return await fetch(sql, *arguments)

    await anna.send(room_id, "fine")
    database.fetch = counted  # type: ignore[method-assign]  # it counts what is read
    assert [event["content"]["body"] for event in timeline(await bob.sync(), room_id)] == ["fine"]
    database.fetch = fetch  # type: ignore[method-assign]  # no more
    assert [sql for sql in looked if "member_change" in sql] == []


async def test_what_is_told_is_no_part_of_the_room(house: House) -> None:
    """It is never in `prev_events`, nothing has allowed it, and a room that is loaded anew does not build on it."""
    anna, _, room_id = await two(house)
    event_id = await anna.send(room_id, "gone?")
    await decided(house, restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id))
    database = house.chappe.database
    rows = await database.fetch(
        "SELECT event_id, depth, pdu_rest, counted FROM event WHERE sender = '@server:localhost'"
    )
    ((local_id, depth, rest, counted),) = rows
    told = msgspec.json.decode(rest)
    assert (depth, told["prev_events"], told["auth_events"]) == (0, [], [])
    last = await last_event(database, RoomID(room_id))
    assert last is not None
    assert (last[0], last[2]) == (event_id, counted)
    rooms = house.chappe.resources.of(Rooms)
    rooms.forget(rooms._resident[RoomID(room_id)])
    next_id = await anna.send(room_id, "next")
    ((rest,),) = await database.fetch("SELECT pdu_rest FROM event WHERE event_id = $1", next_id)
    assert msgspec.json.decode(rest)["prev_events"] == [event_id]
    assert local_id not in rest.decode()


async def test_an_event_restricted_twice_is_told_twice_and_stays_hidden_until_both_are_lifted(house: House) -> None:
    anna, bob, room_id = await two(house)
    event_id = await anna.send(room_id, "gone?")
    path = f"/rooms/{quote(room_id)}/event/{quote(event_id)}"
    one, other = (restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id, decision="D") for _ in range(2))
    await decided(house, one, other)
    await reversed_(house, one)
    assert (await bob.get(path)).ok()["unsigned"]["org.chappe.restricted"]["id"] == other.id
    await reversed_(house, other)
    assert (await bob.get(path)).ok()["content"]["body"] == "gone?"


async def test_a_removal_for_a_time_ends_by_itself(house: House) -> None:
    anna, bob, room_id = await two(house)
    event_id = await anna.send(room_id, "gone?")
    messages = f"/rooms/{quote(room_id)}/messages"
    now = house.clock.ms
    await decided(house, restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id, until=now + 60_000))
    assert "gone?" not in (await bob.get(messages, dir="b")).text
    await bob.sync()
    house.clock.advance(61)
    assert "gone?" in (await bob.get(messages, dir="b")).text
    assert "m.room.redaction" not in (await bob.get(messages, dir="b")).text
    await sweep(house.chappe.bus, house.chappe.database, house.clock.ms)
    assert "gone?" in str(timeline(await bob.sync(), room_id))
    assert await house.chappe.database.fetch("SELECT 1 FROM event WHERE sender = '@server:localhost'") == []


async def test_what_a_person_redacts_meanwhile_stays_redacted(house: House) -> None:
    anna, bob, room_id = await two(house)
    event_id = await anna.send(room_id, "gone?")
    removed = restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id)
    await decided(house, removed)
    (await anna.put(f"/rooms/{quote(room_id)}/redact/{quote(event_id)}/1", {})).ok()
    await reversed_(house, removed)
    left = (await bob.get(f"/rooms/{quote(room_id)}/event/{quote(event_id)}")).ok()
    assert left["content"] == {}
    assert left["unsigned"]["redacted_because"]["sender"] == anna.user_id


async def test_an_event_that_is_not_there_is_restricted_without_anybody_being_told(house: House) -> None:
    _, bob, room_id = await two(house)
    await decided(house, restriction(Kind.EVENT, "$" + "e" * 43, Measure.REMOVED, within=room_id))
    await decided(house, restriction(Kind.EVENT, "$" + "e" * 43, Measure.REMOVED, within="!none:localhost"))
    assert "@server:localhost" not in str(await bob.sync())
