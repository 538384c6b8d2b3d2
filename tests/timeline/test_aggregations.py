"""What is told with an event of those that relate to it, on every way to read it."""

import json
from typing import Any

import pytest

from tests.house import House, Person
from tests.timeline.test_relations import V1, redact, relate, scene

LIMITED = json.dumps({"room": {"timeline": {"limit": 2}}})


async def edit(person: Person, room_id: str, parent: str, body: str) -> str:
    content = {"m.new_content": {"msgtype": "m.text", "body": body}}
    return str((await relate(person, room_id, parent, "m.replace", more=content)).ok()["event_id"])


async def reply(person: Person, room_id: str, root: str) -> str:
    return str((await relate(person, room_id, root, "m.thread")).ok()["event_id"])


async def told(person: Person, room_id: str, event_id: str) -> Any:
    """What is told with an event; the same wherever it is read."""
    event = (await person.get(f"/rooms/{room_id}/event/{event_id}")).ok()
    context = (await person.get(f"/rooms/{room_id}/context/{event_id}")).ok()["event"]
    page = (await person.get(f"/rooms/{room_id}/messages", dir="b", limit=100)).ok()["chunk"]
    (in_page,) = [one for one in page if one["event_id"] == event_id]
    bundles = [_ageless(one["unsigned"].get("m.relations", {})) for one in (event, context, in_page)]
    assert bundles[0] == bundles[1] == bundles[2]
    return bundles[0]


def _ageless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ageless(inner) for key, inner in value.items() if key != "age"}
    return [_ageless(one) for one in value] if isinstance(value, list) else value


@pytest.mark.anyio
async def test_the_last_edit_is_told(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    assert await told(bob, room_id, first) == {}
    edits = [await edit(alice, room_id, first, f"b{number}") for number in range(3)]
    replaced = (await told(bob, room_id, first))["m.replace"]
    assert replaced["event_id"] == edits[2]
    assert replaced["content"]["m.new_content"]["body"] == "b2"
    assert (replaced["sender"], replaced["type"], replaced["room_id"]) == (alice.user_id, "m.room.message", room_id)
    original = (await bob.get(f"/rooms/{room_id}/event/{first}")).ok()
    assert original["content"]["body"] == "first", "the content stays as it was sent"
    await redact(alice, room_id, edits[2])
    assert (await told(bob, room_id, first))["m.replace"]["event_id"] == edits[1]
    await redact(alice, room_id, first)
    assert await told(bob, room_id, first) == {}


@pytest.mark.anyio
async def test_the_edit_sent_last_is_told_though_the_clock_was_set_back(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    house.clock.advance(3600)
    late = await edit(alice, room_id, first, "late")
    house.clock.advance(-3600)
    await edit(alice, room_id, first, "early")
    assert (await told(alice, room_id, first))["m.replace"]["event_id"] == late


@pytest.mark.anyio
async def test_nobody_edits_what_others_said(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    await edit(bob, room_id, first, "forged")
    assert await told(alice, room_id, first) == {}


@pytest.mark.anyio
async def test_a_thread_is_summed_up(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    replies = [await reply(bob, room_id, first) for _ in range(3)]
    last_edit = await edit(bob, room_id, replies[2], "edited")
    for person, participated in ((alice, True), (bob, True), (carol, False)):
        thread = (await told(person, room_id, first))["m.thread"]
        assert (thread["count"], thread["current_user_participated"]) == (3, participated)
        assert thread["latest_event"]["event_id"] == replies[2]
        assert thread["latest_event"]["unsigned"]["m.relations"]["m.replace"]["event_id"] == last_edit
    await redact(bob, room_id, replies[2])
    thread = (await told(carol, room_id, first))["m.thread"]
    assert (thread["count"], thread["latest_event"]["event_id"]) == (2, replies[1])
    await redact(alice, room_id, first)
    assert (await told(carol, room_id, first))["m.thread"]["count"] == 2
    for event_id in replies[:2]:
        await redact(bob, room_id, event_id)
    assert await told(carol, room_id, first) == {}


@pytest.mark.anyio
async def test_references_are_listed_and_reactions_are_not(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    sent = [(await relate(bob, room_id, first)).ok()["event_id"] for _ in range(2)]
    (await relate(bob, room_id, first, "m.annotation", "m.reaction", relation={"key": "+"})).ok()
    assert await told(alice, room_id, first) == {"m.reference": {"chunk": [{"event_id": one} for one in sent]}}
    topic = (await alice.set_state(room_id, "m.room.topic", {"topic": "t"})).ok()["event_id"]
    (await relate(bob, room_id, topic)).ok()
    assert await told(alice, room_id, topic) == {}, "state events have no aggregations"


@pytest.mark.anyio
async def test_what_one_may_not_see_is_not_summed_up(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    seen = [await reply(alice, room_id, first), (await relate(alice, room_id, first)).ok()["event_id"]]
    early = await edit(alice, room_id, first, "early")
    await bob.leave(room_id)
    await reply(alice, room_id, first)
    (await relate(alice, room_id, first)).ok()
    late = await edit(alice, room_id, first, "late")
    found = await told(bob, room_id, first)
    assert (found["m.thread"]["count"], found["m.thread"]["latest_event"]["event_id"]) == (1, seen[0])
    assert found["m.reference"] == {"chunk": [{"event_id": seen[1]}]}
    assert found["m.replace"]["event_id"] == early
    assert (await told(alice, room_id, first))["m.replace"]["event_id"] == late


@pytest.mark.anyio
async def test_sync_tells_it_behind_a_gap_and_to_each_their_own(house: House) -> None:
    alice, bob, room_id, _ = await scene(house)
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    for person in (alice, bob, carol):
        await person.sync(filter=LIMITED)
    await alice.send(room_id, "before")
    root = await alice.send(room_id, "root")
    answer = await reply(bob, room_id, root)
    for person, participated in ((alice, True), (bob, True), (carol, False)):
        section = (await person.sync(filter=LIMITED))["rooms"]["join"][room_id]["timeline"]
        assert section["limited"]
        (told_root,) = [one for one in section["events"] if one["event_id"] == root]
        thread = told_root["unsigned"]["m.relations"]["m.thread"]
        assert (thread["count"], thread["current_user_participated"]) == (1, participated)
        assert thread["latest_event"]["event_id"] == answer
        fresh = await person.get("/sync", filter=LIMITED)
        (told_root,) = [
            one for one in fresh.ok()["rooms"]["join"][room_id]["timeline"]["events"] if one["event_id"] == root
        ]
        assert told_root["unsigned"]["m.relations"]["m.thread"]["current_user_participated"] is participated
    await edit(alice, room_id, root, "changed")
    events = (await carol.sync(filter=LIMITED))["rooms"]["join"][room_id]["timeline"]["events"]
    assert all("m.relations" not in event["unsigned"] for event in events), "who follows puts it together"


@pytest.mark.anyio
async def test_a_thread_of_thousands_and_very_many_references_stay_small(house: House) -> None:
    """Rows as many people would have made them."""
    alice, bob, room_id, first = await scene(house)
    (await relate(bob, room_id, first)).ok()
    database = house.chappe.database
    row = await database.fetch_one("SELECT parent, place FROM relation")
    assert row is not None
    parent, place = row
    values = ", ".join(
        f"({parent}, {place + 1 + number}, '{'m.thread' if number % 2 else 'm.annotation'}', 'm.room.message', "
        f"'@b{number}:localhost')"
        for number in range(6_000)
    )
    await house.settle()  # the one connection that writes is free then
    await database.execute_once(f"INSERT INTO relation (parent, place, rel_type, type, sender) VALUES {values}")
    assert set(await told(alice, room_id, first)) == {"m.reference"}, "no event is there to be told"
    path = f"{V1}/rooms/{room_id}/relations/{first}"
    assert (await alice.get(path, recurse="true", limit="1000")).status == 200
