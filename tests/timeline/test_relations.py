"""What relates to an event, and what is refused when it is sent."""

import itertools
from typing import Any, cast
from urllib.parse import quote

import pytest

from chappe.ids import EventID, RoomID, UserID
from chappe.storage import Database, Row
from chappe.stream import Log
from chappe.timeline.filters import EVERYTHING
from chappe.timeline.pages import Walk
from chappe.timeline.relations import Related, RelationsQuery, relations
from chappe.timeline.visible import Viewer, Withholding, sight_of
from tests.house import House, Person, Said, gather_at_once

V1 = "/_matrix/client/v1"
UNKNOWN = "$" + "a" * 43
_numbers = itertools.count()


async def scene(house: House) -> tuple[Person, Person, str, str]:
    """Two people in a room, and a first message there."""
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(preset="public_chat")
    (await bob.join(room_id)).ok()
    return alice, bob, room_id, await alice.send(room_id, "first")


async def relate(
    person: Person,
    room_id: str,
    parent: str,
    rel_type: str = "m.reference",
    type: str = "m.room.message",
    more: dict[str, Any] | None = None,
    relation: dict[str, Any] | None = None,
) -> Said:
    """Send an event in relation to another, with `more` in its content and in its relation."""
    related_to = {"rel_type": rel_type, "event_id": parent, **(relation or {})}
    content = {"msgtype": "m.text", "body": "in relation", "m.relates_to": related_to, **(more or {})}
    return await person.put(f"/rooms/{room_id}/send/{type}/r{next(_numbers)}", content)


async def related(person: Person, room_id: str, parent: str, *kind: str, **query: Any) -> Any:
    path = "/".join((f"{V1}/rooms/{room_id}/relations/{quote(parent)}", *(quote(one, safe="") for one in kind)))
    return (await person.get(path, **query)).ok()


def ids(answer: Any) -> list[str]:
    return [event["event_id"] for event in answer["chunk"]]


async def redact(person: Person, room_id: str, event_id: str) -> str:
    return str((await person.put(f"/rooms/{room_id}/redact/{event_id}/x{next(_numbers)}", {})).ok()["event_id"])


@pytest.mark.anyio
async def test_what_relates_is_found_by_kind_and_type(house: House) -> None:
    """getRelatingEvents, getRelatingEventsWithRelType, getRelatingEventsWithRelTypeAndEventType"""
    alice, bob, room_id, first = await scene(house)
    sent = [
        (await relate(bob, room_id, first)).ok()["event_id"],
        (await relate(bob, room_id, first, "m.annotation", "m.reaction", relation={"key": "+"})).ok()["event_id"],
        (await relate(alice, room_id, first, "m.reference", "org.x")).ok()["event_id"],
        (await relate(alice, room_id, first, "m.thread")).ok()["event_id"],
    ]
    assert ids(await related(alice, room_id, first)) == sent[::-1]
    assert ids(await related(alice, room_id, first, dir="f")) == sent
    assert ids(await related(alice, room_id, first, "m.reference")) == [sent[2], sent[0]]
    assert ids(await related(alice, room_id, first, "m.reference", "org.x")) == [sent[2]]
    assert ids(await related(alice, room_id, first, "m.thread", "m.reaction")) == []
    assert ids(await related(alice, room_id, sent[0])) == []
    assert "recursion_depth" not in await related(alice, room_id, first)


@pytest.mark.anyio
async def test_pages_come_one_after_the_other(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    sent = [(await relate(alice, room_id, first)).ok()["event_id"] for _ in range(5)]
    for direction, expected in (("b", sent[::-1]), ("f", sent)):
        for recurse in ("false", "true"):
            found: list[str] = []
            more: dict[str, str] = {"dir": direction, "recurse": recurse}
            page: Any = {}
            for _ in range(3):
                page = await related(alice, room_id, first, limit=2, **more)
                found += ids(page)
                if "next_batch" in page:
                    more["from"] = page["next_batch"]
            assert found == expected
            assert "next_batch" not in page
            assert page["prev_batch"] == more["from"]
    page = await related(alice, room_id, first, limit=2)
    assert ids(await related(alice, room_id, first, to=page["next_batch"])) == sent[:2:-1]
    assert ids(await related(alice, room_id, first, **{"from": page["next_batch"]})) == sent[2::-1]


@pytest.mark.anyio
async def test_relations_are_followed_over_three_steps(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    chain = [first]
    for kind in ("m.reference", "m.reference", "org.y", "m.reference"):
        chain.append((await relate(alice, room_id, chain[-1], kind)).ok()["event_id"])
    answer = await related(alice, room_id, first, recurse="true")
    assert ids(answer) == chain[3:0:-1]
    assert answer["recursion_depth"] == 3
    assert ids(await related(alice, room_id, first, "m.reference", recurse="true")) == [chain[2], chain[1]]
    assert ids(await related(alice, room_id, first, "m.reference", "m.room.message", recurse="true", dir="f")) == [
        chain[1],
        chain[2],
    ]


@pytest.mark.anyio
async def test_a_relation_that_breaks_its_rules_is_none(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    other_room = await alice.create_room()
    elsewhere = await alice.send(other_room, "elsewhere")
    edit = (await relate(alice, room_id, first, "m.replace", more={"m.new_content": {"body": "b"}})).ok()["event_id"]
    for said in (
        await relate(alice, room_id, elsewhere),
        await relate(alice, room_id, UNKNOWN),
        await relate(alice, room_id, first, "r" * 256),
        await relate(alice, room_id, first, "a\0b"),
        await relate(alice, room_id, first, ""),
        await relate(alice, room_id, first, "m.replace"),
        await relate(bob, room_id, first, "m.replace", more={"m.new_content": {}}),
        await relate(alice, room_id, first, "m.replace", "org.x", more={"m.new_content": {}}),
        await relate(alice, room_id, edit, "m.replace", more={"m.new_content": {}}),
        await alice.put(f"/rooms/{room_id}/send/m.room.message/odd1", {"m.relates_to": [first]}),
        await alice.put(f"/rooms/{room_id}/send/m.room.message/odd2", {"m.relates_to": {"rel_type": 1}}),
        await alice.put(f"/rooms/{room_id}/send/m.room.message/odd3", {"m.relates_to": {"event_id": first}}),
    ):
        said.ok()
    assert ids(await related(alice, room_id, first)) == [edit]
    assert ids(await related(alice, room_id, edit)) == []
    assert ids(await related(alice, other_room, elsewhere)) == []


@pytest.mark.anyio
async def test_a_redacted_event_relates_to_nothing(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    sent = [
        (await relate(bob, room_id, first, kind, relation={"key": "+"})).ok()["event_id"]
        for kind in ("m.reference", "m.annotation", "m.thread", "m.thread")
    ]
    for event_id in sent[:3]:
        await redact(bob, room_id, event_id)
    assert ids(await related(alice, room_id, first)) == [sent[3]]
    await redact(alice, room_id, first)
    assert ids(await related(alice, room_id, first)) == [sent[3]]


@pytest.mark.anyio
async def test_only_what_one_may_see_relates(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    carol = await house.person("carol")
    before = (await relate(alice, room_id, first)).ok()["event_id"]
    await bob.leave(room_id)
    (await relate(alice, room_id, first)).ok()
    assert ids(await related(bob, room_id, first)) == [before]
    for person, event_id in ((carol, first), (alice, UNKNOWN)):
        said = await person.get(f"{V1}/rooms/{room_id}/relations/{event_id}")
        assert (said.status, said.errcode) == (404, "M_NOT_FOUND")
    other = await alice.create_room()
    assert (await alice.get(f"{V1}/rooms/{other}/relations/{first}")).status == 404


@pytest.mark.anyio
async def test_nobody_reacts_twice_in_the_same_way(house: House) -> None:
    alice, bob, room_id, first = await scene(house)

    async def react(person: Person, key: str = "+", type: str = "m.reaction") -> Said:
        return await relate(person, room_id, first, "m.annotation", type, relation={"key": key})

    said = await gather_at_once(*(react(bob) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [400] * 49
    assert {one.errcode for one in said if one.status == 400} == {"M_DUPLICATE_ANNOTATION"}
    (reaction,) = ids(await related(alice, room_id, first))
    for other in (await react(alice), await react(bob, "-"), await react(bob, type="org.x")):
        assert other.status == 200
    assert (await react(bob)).errcode == "M_DUPLICATE_ANNOTATION"
    await redact(bob, room_id, reaction)
    assert (await react(bob)).status == 200


@pytest.mark.anyio
async def test_a_repeated_request_is_no_second_reaction(house: House) -> None:
    alice, bob, room_id, first = await scene(house)
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "+"}}
    path = f"/rooms/{room_id}/send/m.reaction/once"
    said = await gather_at_once(*(bob.put(path, content) for _ in range(10)))
    assert len({one.ok()["event_id"] for one in said}) == 1
    assert len(ids(await related(alice, room_id, first))) == 1


@pytest.mark.anyio
async def test_a_thread_does_not_hang_on_what_is_in_a_relation(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    reply = (await relate(alice, room_id, first, "m.thread")).ok()["event_id"]
    reference = (await relate(alice, room_id, first)).ok()["event_id"]
    for parent in (reply, reference):
        said = await relate(alice, room_id, parent, "m.thread")
        assert (said.status, said.errcode) == (400, "M_UNKNOWN")
    answer: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {"event_id": first}}}
    rich = await alice.send(room_id, "reply", **answer)
    assert (await relate(alice, room_id, rich, "m.thread")).status == 200


@pytest.mark.anyio
async def test_wrong_questions_are_refused(house: House) -> None:
    alice, _, room_id, first = await scene(house)
    path = f"{V1}/rooms/{room_id}/relations/{first}"
    for query in ({"dir": "x"}, {"from": "x"}, {"to": "r1_x"}, {"limit": "x"}, {"recurse": "x"}):
        said = await alice.get(path, **query)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), query
    for query in ({"limit": "0"}, {"limit": "-5"}, {"limit": "100000"}):
        assert (await alice.get(path, **query)).status == 200
    assert (await alice.get(path + "/a%00b")).status in (200, 400)


class Counting:
    """A database that counts how often it is asked to read beside the loop."""

    def __init__(self, database: Database) -> None:
        self.fetch = database.fetch
        self._database = database
        self.scans = 0

    async def scan(self, sql: str, *arguments: object) -> list[Row]:
        self.scans += 1
        return await self._database.scan(sql, *arguments)


@pytest.mark.anyio
async def test_a_short_page_among_many_that_one_may_not_see_asks_seldom(house: House) -> None:
    """getRelatingEvents: following relations begins anew with each look, which is therefore at many events."""
    alice, bob, room_id, first = await scene(house)
    await gather_at_once(*(relate(bob, room_id, first) for _ in range(100)))
    path = f"/user/{alice.user_id}/account_data/m.ignored_user_list"
    (await alice.put(path, {"ignored_users": {bob.user_id: {}}})).ok()
    await house.settle()
    of, room, viewer = house.chappe.resources.of, RoomID(room_id), Viewer(UserID(alice.user_id))
    database = Counting(of(Database))
    walk = Walk(
        of(Database),
        room,
        viewer,
        await sight_of(of(Database), room, viewer, of(Withholding)),
        of(Withholding),
        EVERYTHING,
    )
    head, query = of(Log).head_of(room), RelationsQuery(limit=1, recurse=True)
    page = await relations(walk, cast(Database, database), Related(EventID(first)), query, head, house.clock.now_ms())
    assert page == b'{"chunk":[],"recursion_depth":3}'
    assert database.scans < 5
