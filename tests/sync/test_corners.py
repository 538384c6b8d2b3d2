"""Where step by step and all at once easily come to different ends; each was found by tests/invariants."""

import json
from typing import Any

import pytest

from tests.house import House, Person

pytestmark = pytest.mark.anyio


async def joined(person: Person, room: str, **query: Any) -> Any:
    return (await person.sync(**query))["rooms"]["join"][room]


async def two_in_a_room(house: House, **body: Any) -> tuple[Person, Person, str]:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat", **body)
    (await ben.join(room)).ok()
    return ann, ben, room


async def test_account_data_of_a_room_is_told_again_on_joining_it(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    path = f"/user/{ben.user_id}/rooms/{room}/account_data/m.tag"
    (await ben.put(path, {"tags": {"u.work": {}}})).ok()
    await ben.sync()
    (await ben.join(room)).ok()
    told = (await joined(ben, room))["account_data"]["events"]
    assert [event["content"] for event in told] == [{"tags": {"u.work": {}}}]


async def test_coming_back_begins_the_timeline_anew(house: House) -> None:
    _, ben, room = await two_in_a_room(house)
    await ben.sync()
    (await ben.leave(room)).ok()
    (await ben.join(room)).ok()
    back = await joined(ben, room)
    assert back["timeline"]["limited"] is True
    assert len(back["timeline"]["events"]) > 5


async def test_a_mention_that_was_redacted_is_no_highlight(house: House) -> None:
    ann, ben, room = await two_in_a_room(house)
    to_ben: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room, "ben!", **to_ben)
    event_id = await ann.send(room, "ben?", **to_ben)
    assert (await joined(ben, room))["unread_notifications"]["highlight_count"] == 2
    (await ann.put(f"/rooms/{room}/redact/{event_id}/r1", {})).ok()
    assert (await joined(ben, room))["unread_notifications"]["highlight_count"] == 1
    ben.since = None
    assert (await joined(ben, room))["unread_notifications"]["highlight_count"] == 1


async def test_two_receipts_at_one_event_are_both_told(house: House) -> None:
    ann, ben, room = await two_in_a_room(house)
    event_id = await ann.send(room, "read me")
    for body in ({}, {"thread_id": "main"}):
        (await ben.post(f"/rooms/{room}/receipt/m.read/{event_id}", body)).ok()
    told = (await joined(ann, room))["ephemeral"]["events"]
    threads = [event["content"][event_id]["m.read"][ben.user_id].get("thread_id") for event in told]
    assert sorted(threads, key=str) == [None, "main"]


@pytest.mark.parametrize("how", ["set", "redacted"])
async def test_a_room_that_loses_its_name_gets_heroes(house: House, how: str) -> None:
    ann, ben, room = await two_in_a_room(house, name="Tower")
    assert "m.heroes" not in (await joined(ben, room))["summary"]
    if how == "set":
        (await ann.set_state(room, "m.room.name", {})).ok()
    else:
        named = (await ann.get(f"/rooms/{room}/state/m.room.name/", format="event")).ok()
        (await ann.put(f"/rooms/{room}/redact/{named['event_id']}/r1", {})).ok()
    assert (await joined(ben, room))["summary"]["m.heroes"] == [ann.user_id]


async def test_state_that_a_newcomer_may_not_see_happen_is_told_as_state(house: House) -> None:
    ann, ben, cat = await house.person("ann"), await house.person("ben"), await house.person("cat")
    hidden = {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}
    room = await ann.create_room(preset="public_chat", initial_state=[hidden], name="Tower", invite=[cat.user_id])
    (await ben.join(room)).ok()
    told = await joined(ben, room)
    assert [event["content"]["membership"] for event in told["timeline"]["events"]] == ["join"]
    assert {"m.room.name", "m.room.create"} <= {event["type"] for event in told["state"]["events"]}
    assert cat.user_id in {event["state_key"] for event in told["state"]["events"]}


async def test_state_kept_out_of_the_timeline_by_a_filter_is_told_as_state(house: House) -> None:
    ann, ben, room = await two_in_a_room(house)
    messages = json.dumps({"room": {"timeline": {"types": ["m.room.message"]}}})
    first = await joined(ben, room, filter=messages)
    assert "m.room.create" in {event["type"] for event in first["state"]["events"]}
    await ann.send(room, "one")
    (await ann.set_state(room, "m.room.topic", {"topic": "new"})).ok()
    await ann.send(room, "two")
    told = await joined(ben, room, filter=messages)
    assert [event["type"] for event in told["timeline"]["events"]] == ["m.room.message"] * 2
    assert [event["content"] for event in told["state"]["events"]] == [{"topic": "new"}]


async def test_what_was_redacted_is_not_told_any_more(house: House) -> None:
    ann, ben, room = await two_in_a_room(house)
    await ben.sync()
    event_id = await ann.send(room, "secret")
    (await ann.put(f"/rooms/{room}/redact/{event_id}/r1", {})).ok()
    message, redaction = (await joined(ben, room))["timeline"]["events"]
    assert (message["event_id"], message["content"]) == (event_id, {})
    assert message["unsigned"]["redacted_because"]["event_id"] == redaction["event_id"]


@pytest.mark.parametrize("how", ["receipt", "private receipt", "own message"])
async def test_reading_takes_the_highlights_away(house: House, how: str) -> None:
    ann, ben, room = await two_in_a_room(house)
    to_ben: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room, "ben!", **to_ben)
    event_id = await ann.send(room, "ben?", **to_ben)
    counts = (await joined(ben, room))["unread_notifications"]
    assert counts == {"highlight_count": 2, "notification_count": 2}
    if how == "own message":
        await ben.send(room, "yes")
    else:
        type = "m.read" if how == "receipt" else "m.read.private"
        (await ben.post(f"/rooms/{room}/receipt/{type}/{event_id}")).ok()
    counts = (await joined(ben, room))["unread_notifications"]
    assert counts == {"highlight_count": 0, "notification_count": 0}


async def test_a_private_receipt_is_told_to_its_owner_only(house: House) -> None:
    ann, ben, room = await two_in_a_room(house)
    event_id = await ann.send(room, "read me")
    await ann.sync()
    await ben.sync()
    (await ben.post(f"/rooms/{room}/receipt/m.read.private/{event_id}")).ok()
    assert (await joined(ben, room))["ephemeral"]["events"][0]["content"][event_id].keys() == {"m.read.private"}
    assert "rooms" not in await ann.sync(), "not even a room without anything new"
    ann.since = None
    assert (await joined(ann, room))["ephemeral"]["events"] == []
