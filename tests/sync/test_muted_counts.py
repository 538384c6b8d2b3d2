"""Unread counts follow a person's push rules where these are about whole rooms, or about everything."""

import json
from typing import Any

import pytest

from tests.house import House, Person
from tests.sync.test_thread_counts import THREADED, pair
from tests.timeline.test_aggregations import reply
from tests.timeline.test_relations import scene

pytestmark = pytest.mark.anyio


async def counts(person: Person, room_id: str) -> tuple[int, int]:
    """As told by the next step; and the same by a fresh sync."""
    step = (await person.sync())["rooms"]["join"][room_id]["unread_notifications"]
    fresh = (await person.get("/sync")).ok()["rooms"]["join"][room_id]["unread_notifications"]
    assert step == fresh
    return pair(step)


async def rule(person: Person, kind: str, rule_id: str, actions: list[Any], **more: Any) -> None:
    (await person.put(f"/pushrules/global/{kind}/{rule_id}", {"actions": actions, **more})).ok()


async def test_a_muted_room_counts_what_highlights_and_nothing_else(house: House) -> None:
    ann, ben, room_id, _ = await scene(house)
    mention: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ben.sync()
    await ann.send(room_id, "one")
    await ann.send(room_id, "ben!", **mention)
    before = await counts(ben, room_id)
    assert before[0] > before[1] == 1
    await rule(ben, "room", room_id, [])
    await ann.send(room_id, "two")
    assert await counts(ben, room_id) == (1, 1)
    assert (await counts(await ann.another_device(), room_id))[1] == 0
    (await ben.put(f"/pushrules/global/room/{room_id}/enabled", {"enabled": False})).ok()
    await ann.send(room_id, "three")
    assert await counts(ben, room_id) == (before[0] + 2, 1)
    await rule(ben, "room", room_id, ["notify"])
    (await ben.put(f"/pushrules/global/room/{room_id}/enabled", {"enabled": True})).ok()
    await ann.send(room_id, "four")
    assert await counts(ben, room_id) == (before[0] + 3, 1)


async def test_the_master_rule_and_an_override_for_a_room_count_nothing(house: House) -> None:
    ann, ben, room_id, _ = await scene(house)
    mention: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ben.sync()
    await ann.send(room_id, "ben!", **mention)
    (await ben.put("/pushrules/global/override/.m.rule.master/enabled", {"enabled": True})).ok()
    assert await counts(ben, room_id) == (0, 0)
    (await ben.put("/pushrules/global/override/.m.rule.master/enabled", {"enabled": False})).ok()
    await ann.send(room_id, "one")
    assert (await counts(ben, room_id))[1] == 1
    about_room = [{"kind": "event_match", "key": "room_id", "pattern": room_id}]
    await rule(ben, "override", room_id, [], conditions=about_room)
    await ann.send(room_id, "two")
    assert await counts(ben, room_id) == (0, 0)
    await rule(ben, "override", "mine", ["notify"], conditions=[])  # goes before it, being newer
    await ann.send(room_id, "three")
    assert (await counts(ben, room_id))[1] == 1


async def test_threads_of_a_muted_room_count_what_highlights(house: House) -> None:
    ann, ben, room_id, first = await scene(house)
    await reply(ann, room_id, first)
    await rule(ben, "room", room_id, [])
    section = (await ben.get("/sync", filter=THREADED)).ok()["rooms"]["join"][room_id]
    assert pair(section["unread_notifications"]) == (0, 0)
    assert "unread_thread_notifications" not in section
    await rule(ben, "room", room_id, ["notify"])
    section = (await ben.get("/sync", filter=json.dumps(json.loads(THREADED)))).ok()["rooms"]["join"][room_id]
    assert pair(section["unread_thread_notifications"][first]) == (1, 0)
