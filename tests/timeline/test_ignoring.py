"""Whom one ignores is not heard: on no way to read what they say, and from the next sync on."""

from typing import Any

import pytest

from tests.house import House, Person
from tests.timeline.test_aggregations import reply, told
from tests.timeline.test_relations import V1, ids, relate, related, scene
from tests.timeline.test_thread_list import threads


async def ignore(person: Person, *others: str) -> None:
    content: dict[str, Any] = {"ignored_users": {other: {} for other in others}}
    (await person.put(f"/user/{person.user_id}/account_data/m.ignored_user_list", content)).ok()


def told_by(answer: Any, room_id: str) -> list[str]:
    section = answer.get("rooms", {}).get("join", {}).get(room_id, {})
    return [event["event_id"] for event in section.get("timeline", {}).get("events", [])]


@pytest.mark.anyio
async def test_sync_leaves_out_what_they_say_but_not_what_they_set(house: House) -> None:
    alice, bob, room_id, _ = await scene(house)
    (await alice.set_state(room_id, "m.room.power_levels", {"state_default": 0})).ok()
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    before = await bob.send(room_id, "before")
    for person in (alice, carol):
        await person.sync()
    await ignore(alice, bob.user_id)
    unheard = await bob.send(room_id, "unheard")
    topic = (await bob.set_state(room_id, "m.room.topic", {"topic": "t"})).ok()["event_id"]
    heard = await carol.send(room_id, "heard")
    assert told_by(await alice.sync(), room_id) == [topic, heard]
    assert told_by(await carol.sync(), room_id) == [unheard, topic, heard]
    await bob.send(room_id, "unheard again")
    assert told_by(await alice.sync(), room_id) == []
    fresh = told_by((await alice.get("/sync")).ok(), room_id)
    assert {topic, heard} < set(fresh)
    assert {before, unheard}.isdisjoint(fresh)
    await ignore(alice)
    again = await bob.send(room_id, "again")
    assert told_by(await alice.sync(), room_id) == [again]
    assert {before, unheard, again} < set(told_by((await alice.get("/sync")).ok(), room_id))


@pytest.mark.anyio
async def test_no_way_of_reading_shows_what_they_say(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    said = await bob.send(room_id, "said")
    bobs, carols = await reply(bob, room_id, first), await reply(carol, room_id, first)
    reference = (await relate(bob, room_id, first)).ok()["event_id"]
    last = await reply(bob, room_id, first)
    await reply(carol, room_id, said)
    await ignore(alice, bob.user_id)
    unheard = {said, bobs, reference, last}
    page = (await alice.get(f"/rooms/{room_id}/messages", dir="b", limit=100)).ok()
    assert unheard.isdisjoint(ids(page))
    assert carols in ids(page)
    for path in (f"event/{said}", f"context/{said}"):
        assert (await alice.get(f"/rooms/{room_id}/{path}")).status == 404
    around = (await alice.get(f"/rooms/{room_id}/context/{first}", limit=100)).ok()
    assert unheard.isdisjoint(event["event_id"] for event in around["events_before"] + around["events_after"])
    assert ids(await related(alice, room_id, first)) == [carols]
    assert (await alice.get(f"{V1}/rooms/{room_id}/relations/{said}")).status == 404
    aggregated = await told(alice, room_id, first)
    assert set(aggregated) == {"m.thread"}
    assert (aggregated["m.thread"]["count"], aggregated["m.thread"]["latest_event"]["event_id"]) == (1, carols)
    listed = (await threads(alice, room_id))["chunk"]
    assert [(event["event_id"], bool(event["content"])) for event in listed] == [(said, False), (first, True)]


@pytest.mark.anyio
async def test_a_thread_of_ignored_people_alone_is_not_listed(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    await reply(bob, room_id, first)
    assert ids(await threads(alice, room_id)) == [first]
    await ignore(alice, bob.user_id)
    assert ids(await threads(alice, room_id)) == []
    assert await told(alice, room_id, first) == {}


@pytest.mark.anyio
async def test_their_invitations_are_not_shown(house: House) -> None:
    alice, bob, carol = [await house.person(name) for name in ("alice", "bob", "carol")]
    await alice.sync()
    await ignore(alice, bob.user_id)
    for host, is_shown in ((bob, False), (carol, True)):
        room_id = await host.create_room(invite=[alice.user_id])
        for answer in (await alice.sync(), (await alice.get("/sync")).ok()):
            assert (room_id in answer.get("rooms", {}).get("invite", {})) is is_shown


@pytest.mark.anyio
async def test_what_was_seen_before_can_still_be_marked_as_read(house: House) -> None:
    alice, bob, room_id, _ = await scene(house)
    said = await bob.send(room_id, "said")
    await ignore(alice, bob.user_id)
    assert (await alice.post(f"/rooms/{room_id}/receipt/m.read/{said}")).status == 200


@pytest.mark.anyio
async def test_an_odd_list_ignores_nobody(house: House) -> None:
    alice, bob, room_id, _ = await scene(house)
    path = f"/user/{alice.user_id}/account_data/m.ignored_user_list"
    odd_lists: list[Any] = [[], None, {"x": 1, alice.user_id: {}}]
    for odd in ({}, *({"ignored_users": one} for one in odd_lists)):
        (await alice.put(path, odd)).ok()
        own, other = await alice.send(room_id, "own"), await bob.send(room_id, "other")
        for event_id in (own, other):
            assert (await alice.get(f"/rooms/{room_id}/event/{event_id}")).status == 200
