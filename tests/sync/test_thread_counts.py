"""What is unread, thread by thread, for clients that ask for it; and as before for those that do not."""

import json
from typing import Any

import pytest

from tests.house import House, Person
from tests.timeline.test_aggregations import edit, reply
from tests.timeline.test_ignoring import ignore
from tests.timeline.test_relations import redact, relate, scene

THREADED = json.dumps({"room": {"timeline": {"unread_thread_notifications": True}}})

Unread = tuple[tuple[int, int], dict[str, tuple[int, int]]]


def pair(counts: Any) -> tuple[int, int]:
    return counts["notification_count"], counts["highlight_count"]


async def unread(person: Person, room_id: str) -> Unread:
    """Counts of the main timeline and of threads: the same when synced on as when fresh, and as a cold server finds."""
    follower = person.house.chappe.syncing.followers._followers.get(person.user_id)  # type: ignore[call-overload]
    step = await person.sync(filter=THREADED)
    if follower is not None:
        follower.threaded.clear()
    fresh = (await person.get("/sync", filter=THREADED)).ok()
    found = [_counts(answer["rooms"]["join"][room_id]) for answer in (step, fresh) if _tells(answer, room_id)]
    assert all(one == found[-1] for one in found), found
    return found[-1]


def _tells(answer: Any, room_id: str) -> bool:
    return room_id in answer.get("rooms", {}).get("join", {})


def _counts(section: Any) -> Unread:
    threads = section.get("unread_thread_notifications", {})
    return pair(section["unread_notifications"]), {root: pair(counts) for root, counts in threads.items()}


async def whole(person: Person, room_id: str) -> tuple[int, int]:
    return pair((await person.get("/sync")).ok()["rooms"]["join"][room_id]["unread_notifications"])


async def read(person: Person, room_id: str, event_id: str, **body: str) -> None:
    (await person.post(f"/rooms/{room_id}/receipt/m.read/{event_id}", body)).ok()


@pytest.mark.anyio
async def test_threads_are_counted_apart(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    other = await alice.send(room_id, "other")
    assert await unread(bob, room_id) == ((2, 0), {})
    for root in (first, first, other):
        await reply(alice, room_id, root)
        await unread(bob, room_id)
    last = await alice.send(room_id, "last")
    assert await unread(bob, room_id) == ((3, 0), {first: (2, 0), other: (1, 0)})
    assert await whole(bob, room_id) == (6, 0)
    await read(bob, room_id, last, thread_id="main")
    assert await unread(bob, room_id) == ((0, 0), {first: (2, 0), other: (1, 0)})
    await reply(alice, room_id, first)
    assert await unread(bob, room_id) == ((0, 0), {first: (3, 0), other: (1, 0)})


@pytest.mark.anyio
async def test_each_thread_is_read_by_its_own_receipt_or_that_of_the_room(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    other = await alice.send(room_id, "other")
    replies = [await reply(alice, room_id, root) for root in (first, other, first, other)]
    await unread(bob, room_id)
    await read(bob, room_id, replies[0], thread_id=first)
    assert await unread(bob, room_id) == ((2, 0), {first: (1, 0), other: (2, 0)})
    await read(bob, room_id, replies[3], thread_id=other)
    assert await unread(bob, room_id) == ((2, 0), {first: (1, 0)})
    await read(bob, room_id, replies[1])
    assert await unread(bob, room_id) == ((0, 0), {first: (1, 0)})
    await read(bob, room_id, replies[3])
    assert await unread(bob, room_id) == ((0, 0), {})
    assert await whole(bob, room_id) == (0, 0)


@pytest.mark.anyio
async def test_who_speaks_in_a_thread_has_read_that_thread(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    other = await alice.send(room_id, "other")
    for root in (first, other):
        await reply(alice, room_id, root)
    await unread(bob, room_id)
    await reply(bob, room_id, first)
    assert await unread(bob, room_id) == ((2, 0), {other: (1, 0)})
    await bob.send(room_id, "in the main timeline")
    assert await unread(bob, room_id) == ((0, 0), {other: (1, 0)})
    await reply(alice, room_id, first)
    assert await unread(bob, room_id) == ((0, 0), {first: (1, 0), other: (1, 0)})


@pytest.mark.anyio
async def test_highlights_are_counted_where_they_are(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [bob.user_id]}}
    threaded = (await relate(alice, room_id, first, "m.thread", more=mention)).ok()["event_id"]
    main = await alice.send(room_id, "you", **mention)
    await reply(alice, room_id, first)
    assert await unread(bob, room_id) == ((2, 1), {first: (2, 1)})
    assert await whole(bob, room_id) == (4, 2)
    await read(bob, room_id, threaded, thread_id=first)
    assert await unread(bob, room_id) == ((2, 1), {first: (1, 0)})
    await redact(alice, room_id, main)
    assert await unread(bob, room_id) == ((2, 0), {first: (1, 0)})


@pytest.mark.anyio
async def test_a_notice_notifies_nobody_though_it_mentions_them(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    await read(bob, room_id, first)
    notice: dict[str, Any] = {"msgtype": "m.notice", "m.mentions": {"user_ids": [bob.user_id]}}
    await alice.send(room_id, "noted", **notice)
    assert await unread(bob, room_id) == ((0, 0), {})
    assert await whole(bob, room_id) == (0, 0)


@pytest.mark.anyio
async def test_edits_and_reactions_do_not_notify_and_references_stay_in_the_thread(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    await read(bob, room_id, first)
    answer = await reply(alice, room_id, first)
    await edit(alice, room_id, answer, "edited")
    (await relate(alice, room_id, answer, "m.annotation", "m.reaction", relation={"key": "+"})).ok()
    assert await unread(bob, room_id) == ((0, 0), {first: (1, 0)})
    step = answer
    for _ in range(3):
        step = (await relate(alice, room_id, step)).ok()["event_id"]
    assert await unread(bob, room_id) == ((0, 0), {first: (4, 0)})
    await read(bob, room_id, step, thread_id=first)
    assert await unread(bob, room_id) == ((0, 0), {})
    (await relate(alice, room_id, step)).ok()
    assert await unread(bob, room_id) == ((1, 0), {}), "four steps from the thread is the main timeline"


@pytest.mark.anyio
async def test_what_was_said_before_one_came_counts_for_nothing(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    await reply(alice, room_id, first)
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    assert await unread(carol, room_id) == ((0, 0), {})
    await reply(alice, room_id, first)
    assert await unread(carol, room_id) == ((0, 0), {first: (1, 0)})
    await carol.leave(room_id)
    (await carol.join(room_id)).ok()
    assert await unread(carol, room_id) == ((0, 0), {})


@pytest.mark.anyio
async def test_a_redacted_event_of_a_thread_can_be_marked_as_read(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    await read(bob, room_id, first)
    answer = await reply(alice, room_id, first)
    await redact(alice, room_id, answer)
    assert await unread(bob, room_id) == ((0, 0), {first: (1, 0)})
    await read(bob, room_id, answer, thread_id=first)
    assert await unread(bob, room_id) == ((0, 0), {})


@pytest.mark.anyio
async def test_ignored_people_notify_nobody_who_ignores_them(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    carol = await house.person("carol")
    (await carol.join(room_id)).ok()
    await read(bob, room_id, first)
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [bob.user_id]}}
    for person in (alice, carol):
        await person.send(room_id, "main", **mention)
        await reply(person, room_id, first)
    assert await unread(bob, room_id) == ((2, 2), {first: (2, 0)})
    assert await whole(bob, room_id) == (4, 2)
    await ignore(bob, carol.user_id)
    assert await unread(bob, room_id) == ((1, 1), {first: (1, 0)})
    assert await whole(bob, room_id) == (2, 1)
    await ignore(bob)
    assert await unread(bob, room_id) == ((2, 2), {first: (2, 0)})
    assert await whole(bob, room_id) == (4, 2)


@pytest.mark.anyio
async def test_counts_are_those_of_before_after_a_restart(house: House) -> None:
    """The room's own count of what is in threads goes on where it was."""
    alice, bob, room_id, first = await scene(house)
    await reply(alice, room_id, first)
    await house.settle()
    from chappe.rooms import Rooms

    rooms = house.chappe.resources.of(Rooms)
    rooms.forget(rooms._resident[room_id])  # type: ignore[index]
    await reply(alice, room_id, first)
    await alice.send(room_id, "main")
    assert await unread(bob, room_id) == ((2, 0), {first: (2, 0)})
