"""The threads of a room, and the event at a time."""

from typing import Any

import pytest

from tests.house import House, Person
from tests.timeline.test_aggregations import reply
from tests.timeline.test_relations import V1, ids, redact, scene


async def threads(person: Person, room_id: str, **query: Any) -> Any:
    return (await person.get(f"{V1}/rooms/{room_id}/threads", **query)).ok()


@pytest.mark.anyio
async def test_the_thread_continued_last_comes_first(house: House) -> None:
    """getThreadRoots"""
    alice, bob, room_id, first = await scene(house)
    assert await threads(bob, room_id) == {"chunk": []}
    roots = [first, *[await bob.send(room_id, f"root {number}") for number in range(4)]]
    replies = [await reply(alice, room_id, root) for root in roots]
    again = await reply(alice, room_id, roots[1])
    expected = [roots[1], roots[4], roots[3], roots[2], roots[0]]
    answer = await threads(bob, room_id)
    assert ids(answer) == expected
    assert "next_batch" not in answer
    assert answer["chunk"][0]["unsigned"]["m.relations"]["m.thread"]["latest_event"]["event_id"] == again
    found: list[str] = []
    more: dict[str, str] = {}
    for _ in range(3):
        page = await threads(bob, room_id, limit=2, **more)
        found += ids(page)
        more = {"from": page.get("next_batch", "")}
    assert (found, more) == (expected, {"from": ""})
    await redact(alice, room_id, again)
    assert ids(await threads(bob, room_id)) == roots[::-1]
    await redact(alice, room_id, replies[0])
    assert ids(await threads(bob, room_id)) == roots[:0:-1]


@pytest.mark.anyio
async def test_threads_one_takes_part_in(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    own, others = await bob.send(room_id, "own"), await alice.send(room_id, "others")
    await reply(alice, room_id, own)
    await reply(bob, room_id, first)
    await reply(alice, room_id, others)
    assert ids(await threads(bob, room_id, include="participated")) == [first, own]
    assert ids(await threads(bob, room_id, include="participated", limit=1)) == [first]
    assert ids(await threads(alice, room_id, include="participated")) == [others, first, own]


@pytest.mark.anyio
async def test_threads_one_may_not_see_are_not_listed(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    later = await alice.send(room_id, "later")
    await reply(alice, room_id, first)
    await bob.leave(room_id)
    await reply(alice, room_id, later)
    await reply(alice, room_id, first)
    assert ids(await threads(bob, room_id)) == [first]
    carol = await house.person("carol")
    private = await alice.create_room(preset="private_chat")
    for stranger, where in ((carol, private), (carol, "!" + "a" * 43)):
        said = await stranger.get(f"{V1}/rooms/{where}/threads")
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.anyio
async def test_wrong_questions_are_refused(house: House) -> None:
    alice, _, room_id, _ = await scene(house)
    for query in ({"include": "some"}, {"limit": "0"}, {"limit": "x"}, {"from": "x"}):
        said = await alice.get(f"{V1}/rooms/{room_id}/threads", **query)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), query
    for query, errcode in (
        ({"ts": "1", "dir": "x"}, "M_INVALID_PARAM"),
        ({"ts": "x", "dir": "f"}, "M_INVALID_PARAM"),
        ({"ts": "1"}, "M_MISSING_PARAM"),
        ({"dir": "f"}, "M_MISSING_PARAM"),
    ):
        said = await alice.get(f"{V1}/rooms/{room_id}/timestamp_to_event", **query)
        assert (said.status, said.errcode) == (400, errcode), query


@pytest.mark.anyio
async def test_the_event_at_a_time(house: House) -> None:
    """getEventByTimestamp"""
    alice, bob, room_id, first = await scene(house)
    other = await alice.create_room()
    sent = [first]
    for number in range(20):
        house.clock.advance(60)
        await alice.send(other, "elsewhere")
        sent.append(await alice.send(room_id, f"m{number}"))
    times = [(await alice.get(f"/rooms/{room_id}/event/{one}")).ok()["origin_server_ts"] for one in sent]

    async def at(person: Person, ts: int, direction: str) -> str:
        said = await person.get(f"{V1}/rooms/{room_id}/timestamp_to_event", ts=ts, dir=direction)
        assert said.status == 200 or (said.status, said.errcode) == (404, "M_NOT_FOUND")
        if said.status == 200:
            assert said.json["origin_server_ts"] == times[sent.index(said.json["event_id"])]
        return str((said.json or {}).get("event_id", ""))

    for number in range(1, 20):
        assert await at(bob, times[number], "f") == await at(bob, times[number], "b") == sent[number]
        assert await at(bob, times[number] + 1, "f") == sent[number + 1]
        assert await at(bob, times[number] - 1, "b") == sent[number - 1]
    assert await at(bob, 2**53 - 1, "b") == sent[-1]
    assert await at(bob, times[-1] + 1, "f") == ""
    assert await at(bob, 0, "b") == ""
    await bob.leave(room_id)
    house.clock.advance(60)
    await alice.send(room_id, "hidden")
    path = f"{V1}/rooms/{room_id}/timestamp_to_event"
    found = (await bob.get(path, ts=2**53 - 1, dir="b")).ok()["event_id"]
    assert (await bob.get(f"/rooms/{room_id}/event/{found}")).ok()["content"]["membership"] == "leave"
    assert (await bob.get(path, ts=times[-1] + 30_000, dir="f")).status == 404
    assert (await bob.get(f"{V1}/rooms/{other}/timestamp_to_event", ts=0, dir="f")).status == 403
