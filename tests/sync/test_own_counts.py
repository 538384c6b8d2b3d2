"""Unread counts follow a person's own rules about single events: words, people, names.

Client-Server API v1.19, "Receiving notifications" and "Push Rules".
"""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person

pytestmark = pytest.mark.anyio

THREADED = json.dumps({"room": {"timeline": {"limit": 5, "unread_thread_notifications": True}}})
LOUD = ["notify", {"set_tweak": "highlight"}]


async def rule(person: Person, kind: str, rule_id: str, actions: list[Any], **more: Any) -> None:
    (await person.put(f"/pushrules/global/{kind}/{quote(rule_id)}", {"actions": actions, **more})).ok()


async def two(house: House) -> tuple[Person, Person, str]:
    """Ann and Ben in a room, in which Ben has read everything."""
    ann, ben = await house.person("ann"), await house.person("ben")
    room_id = await ann.create_room(preset="public_chat")
    (await ben.join(room_id)).ok()
    await ben.sync()
    return ann, ben, room_id


async def counts(house: House, person: Person, room_id: str, *, told: bool = True) -> tuple[int, int]:
    """What was told last; a fresh sync says the same, and so does one by threads."""
    await house.caught_up("counts")
    step = (await person.sync()).get("rooms", {}).get("join", {}).get(room_id)
    fresh = (await person.get("/sync")).ok()["rooms"]["join"][room_id]["unread_notifications"]
    assert (step is not None) == told
    assert step is None or step["unread_notifications"] == fresh
    threads = (await person.get("/sync", filter=THREADED)).ok()["rooms"]["join"][room_id]
    parts = [threads["unread_notifications"], *threads.get("unread_thread_notifications", {}).values()]
    for key in ("notification_count", "highlight_count"):
        assert sum(part[key] for part in parts) == fresh[key], (parts, fresh)
    return fresh["notification_count"], fresh["highlight_count"]


async def test_a_word_highlights(house: House) -> None:
    ann, ben, room_id = await two(house)
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await ann.send(room_id, "Coffee?")
    assert await counts(house, ben, room_id) == (1, 0)
    said = await ann.send(room_id, "Tea?")
    assert await counts(house, ben, room_id) == (2, 1)
    await ann.send(room_id, "steaming")
    mention: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room_id, "tea, Ben!", **mention)
    assert await counts(house, ben, room_id) == (4, 2), "one message highlights once"
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{said}")).ok()
    assert await counts(house, ben, room_id) == (2, 1)
    last = await ann.send(room_id, "No tea.")
    assert await counts(house, ben, room_id) == (3, 2)
    (await ben.post(f"/rooms/{room_id}/receipt/m.read.private/{last}")).ok()
    assert await counts(house, ben, room_id) == (0, 0)
    assert (await counts(house, await ann.another_device(), room_id)) == (0, 0)


async def test_who_waits_is_woken_when_a_word_was_found(house: House) -> None:
    """And nobody else is: who has no such rules hears of the message once."""
    ann, ben, room_id = await two(house)
    cleo = await house.person("cleo")
    await cleo.join(room_id)
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await house.caught_up("counts")
    await asyncio.gather(ben.sync(), cleo.sync())
    await ann.send(room_id, "Tea?")
    highlights = 0
    async with asyncio.timeout(20):
        while not highlights:
            room = (await ben.sync(timeout=10_000)).get("rooms", {}).get("join", {}).get(room_id)
            highlights = room["unread_notifications"]["highlight_count"] if room else 0
    await cleo.sync()
    assert room_id not in (await cleo.sync()).get("rooms", {}).get("join", {})


async def test_one_who_is_not_to_be_heard_does_not_count(house: House) -> None:
    """By a rule about the sender; a mention counts all the same. And rules behind it, about all messages."""
    ann, ben, room_id = await two(house)
    await rule(ben, "sender", ann.user_id, [])
    await ann.send(room_id, "one")
    assert await counts(house, ben, room_id) == (0, 0)
    mention: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room_id, "Ben!", **mention)
    assert await counts(house, ben, room_id) == (1, 1)
    (await ben.put(f"/pushrules/global/sender/{quote(ann.user_id)}/enabled", {"enabled": False})).ok()
    await rule(ben, "underride", "quiet", [], conditions=[{"kind": "event_match", "key": "type", "pattern": "m.*"}])
    await ann.send(room_id, "two")
    assert await counts(house, ben, room_id) == (1, 1)


@pytest.mark.parametrize("direct", [False, True])
async def test_messages_of_groups_or_of_two_people_may_be_switched_off(house: House, direct: bool) -> None:
    """As clients do it for "mentions and keywords only". No row is written for each of them."""
    ann, ben, room_id = await two(house)
    names = ["room_one_to_one", "encrypted_room_one_to_one"] if direct else ["message", "encrypted"]
    for name in names:
        (await ben.put(f"/pushrules/global/underride/.m.rule.{name}/actions", {"actions": []})).ok()
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await ann.send(room_id, "one")
    assert await counts(house, ben, room_id) == ((0, 0) if direct else (1, 0))
    cleo = await house.person("cleo")
    await cleo.join(room_id)
    await house.caught_up("counts")
    await ben.sync()
    last = await ann.send(room_id, "two")
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{last}")).ok()
    await ann.send(room_id, "three")
    assert await counts(house, ben, room_id) == ((1, 0) if direct else (0, 0))
    assert await house.chappe.database.fetch("SELECT * FROM own_count") == []
    await ann.send(room_id, "tea")
    assert await counts(house, ben, room_id) == ((2, 1) if direct else (1, 1))
    if not direct:
        await rule(ben, "room", room_id, ["notify"])
        await ann.send(room_id, "four")
        await house.caught_up("counts")
        assert (await counts(house, ben, room_id))[1] == 1


async def test_a_room_that_is_muted_shows_the_words(house: House) -> None:
    ann, ben, room_id = await two(house)
    await rule(ben, "room", room_id, [])
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await ann.send(room_id, "one")
    assert await counts(house, ben, room_id) == (0, 0)
    await ann.send(room_id, "tea")
    assert await counts(house, ben, room_id) == (1, 1)


async def test_redactions_edits_and_encrypted_messages(house: House) -> None:
    ann, ben, room_id = await two(house)
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    said = await ann.send(room_id, "tea")
    other = await ann.send(room_id, "coffee")
    assert await counts(house, ben, room_id) == (2, 1)
    relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": other}}
    new: dict[str, Any] = {"m.new_content": {"msgtype": "m.text", "body": "tea"}, **relation}
    await ann.send(room_id, "* tea", **new)
    assert await counts(house, ben, room_id) == (2, 1), "an edit notifies nobody"
    (await ann.put(f"/rooms/{room_id}/redact/{said}/r1", {})).ok()
    assert await counts(house, ben, room_id) == (2, 0)
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "tea", "body": 7}
    (await ann.put(f"/rooms/{room_id}/send/m.room.encrypted/e1", secret)).ok()
    assert await counts(house, ben, room_id) == (3, 0)


async def test_names_and_threads(house: House) -> None:
    """A rule about one's name in the room; the word stands in a thread, and is counted there."""
    ann, ben, room_id = await two(house)
    (await ben.put(f"/profile/{ben.user_id}/displayname", {"displayname": "Benno"})).ok()
    await rule(ben, "override", "named", LOUD, conditions=[{"kind": "contains_display_name"}])
    root = await ann.send(room_id, "root")
    thread: dict[str, Any] = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    inside = await ann.send(room_id, "Benno?", **thread)
    await ann.send(room_id, "Bennos")
    assert await counts(house, ben, room_id) == (3, 1)
    room = (await ben.get("/sync", filter=THREADED)).ok()["rooms"]["join"][room_id]
    assert room["unread_notifications"] == {"notification_count": 2, "highlight_count": 0}
    assert room["unread_thread_notifications"] == {root: {"notification_count": 1, "highlight_count": 1}}
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{inside}", {"thread_id": root})).ok()
    room = (await ben.get("/sync", filter=THREADED)).ok()["rooms"]["join"][room_id]
    assert "unread_thread_notifications" not in room


async def test_what_was_found_before_a_crash_is_not_counted_twice(house: House) -> None:
    """A reader deals again with what came after its saved position."""
    ann, ben, room_id = await two(house)
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await ann.send(room_id, "tea")
    assert await counts(house, ben, room_id) == (1, 1)
    (reader,) = [one for one in house.chappe.readers if one.name == "counts"]
    reader.positions = [0] * len(reader.positions)
    await ann.send(room_id, "tea")
    assert await counts(house, ben, room_id) == (2, 2)


async def test_who_is_ignored_and_rules_that_are_gone(house: House) -> None:
    ann, ben, room_id = await two(house)
    await rule(ben, "content", "tea", LOUD, pattern="tea")
    await ann.send(room_id, "tea")
    assert await counts(house, ben, room_id) == (1, 1)
    ignored: Any = {"ignored_users": {ann.user_id: {}}}
    path = f"/user/{ben.user_id}/account_data/m.ignored_user_list"
    (await ben.put(path, ignored)).ok()
    await ann.send(room_id, "tea")
    fresh = (await ben.get("/sync")).ok()["rooms"]["join"][room_id]["unread_notifications"]
    assert fresh == {"notification_count": 0, "highlight_count": 0}
    (await ben.put(path, {"ignored_users": {}})).ok()
    (await ben.delete("/pushrules/global/content/tea")).ok()
    await ann.send(room_id, "tea")
    await house.caught_up("counts")
    fresh = (await ben.get("/sync")).ok()["rooms"]["join"][room_id]["unread_notifications"]
    assert fresh == {"notification_count": 3, "highlight_count": 0}
