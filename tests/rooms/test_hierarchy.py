"""Walking through spaces: over HTTP, on both engines."""

from typing import Any

import pytest

from chappe.rooms import hierarchy
from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


async def space(person: Person, name: str, **more: Any) -> str:
    return await person.create_room(name=name, creation_content={"type": "m.space"}, preset="public_chat", **more)


async def add(person: Person, parent: str, child: str, **more: Any) -> None:
    (await person.set_state(parent, "m.space.child", {"via": ["localhost"], **more}, child)).ok()


async def look(person: Person, room: str, **query: Any) -> Said:
    return await person.get(f"/_matrix/client/v1/rooms/{room}/hierarchy", **query)


def names(answer: Any) -> list[str]:
    return [room.get("name", "") for room in answer["rooms"]]


async def small_world(anna: Person) -> tuple[str, str]:
    """The space Root: sub-space First (with Leaf and, in a circle, Root), Second, and a private room."""
    root, first = await space(anna, "Root"), await space(anna, "First")
    second, leaf = [await anna.create_room(name=name, preset="public_chat") for name in ("Second", "Leaf")]
    private = await anna.create_room(name="Private")
    await add(anna, root, private)
    await add(anna, root, second, order="b", suggested=True)
    await add(anna, root, first, order="a")
    await add(anna, first, leaf)
    await add(anna, first, root)
    await add(anna, first, second)
    return root, first


async def test_depth_first_and_each_room_once(anna: Person, bob: Person) -> None:
    """getSpaceHierarchy: in the order of the children, spaces before what is in them, circles broken."""
    root, first = await small_world(anna)
    mine, theirs = (await look(anna, root)).ok(), (await look(bob, root)).ok()
    assert names(mine) == ["Root", "First", "Leaf", "Second", "Private"]
    assert names(theirs) == ["Root", "First", "Leaf", "Second"]
    assert "next_batch" not in mine
    top = mine["rooms"][0]
    assert top["room_type"] == "m.space"
    assert [child["content"].get("order") for child in top["children_state"]] == ["a", "b", None]
    child = top["children_state"][0]
    assert child.keys() == {"type", "state_key", "content", "sender", "origin_server_ts"}
    assert (child["type"], child["state_key"], child["sender"]) == ("m.space.child", first, anna.user_id)
    assert mine["rooms"][2]["children_state"] == []


async def test_depth_and_suggestions(anna: Person) -> None:
    root, _ = await small_world(anna)
    assert names((await look(anna, root, max_depth=0)).ok()) == ["Root"]
    assert names((await look(anna, root, max_depth=1)).ok()) == ["Root", "First", "Second", "Private"]
    suggested = (await look(anna, root, suggested_only="true")).ok()
    assert names(suggested) == ["Root", "Second"]
    assert len(suggested["rooms"][0]["children_state"]) == 1


async def test_pages_put_together_are_the_whole(anna: Person, bob: Person) -> None:
    root, _ = await small_world(anna)
    for limit in (1, 2, 3, 4):
        found: list[str] = []
        token = None
        while True:
            query = {"limit": limit, "max_depth": 5, **({"from": token} if token else {})}
            answer = (await look(bob, root, **query)).ok()
            assert len(answer["rooms"]) <= limit
            found += names(answer)
            if not (token := answer.get("next_batch")):
                break
        assert found == ["Root", "First", "Leaf", "Second"]
    token = (await look(bob, root, limit=1, max_depth=5)).ok()["next_batch"]
    for changed in ({"max_depth": 4}, {"max_depth": 5, "suggested_only": "true"}, {}):
        said = await look(bob, root, **{"from": token, **changed})
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM")


async def test_children_are_ordered_as_specified(anna: Person) -> None:
    root = await space(anna, "Root")
    wanted: list[tuple[str, Any]] = [
        ("no order, first", None), ("late", "first"), ("space", " "), ("a", "aaaa"), ("too long", "x" * 51),
        ("not printable", "\u00e9"), ("no text", 7), ("same", "aaaa"),
    ]  # fmt: skip
    for name, order in wanted:
        child = await anna.create_room(name=name)
        await add(anna, root, child, **({} if order is None else {"order": order}))
    found = names((await look(anna, root)).ok())
    assert found == ["Root", "space", "a", "same", "late", "no order, first", "too long", "not printable", "no text"]


async def test_rooms_taken_out_and_nonsense_are_left_out(anna: Person) -> None:
    root, child = await space(anna, "Root"), await anna.create_room(name="Child")
    await add(anna, root, "!none:elsewhere.example")
    for content in ({}, {"via": "localhost"}, {"via": None}):
        (await anna.set_state(root, "m.space.child", content, child)).ok()
        assert names((await look(anna, root)).ok()) == ["Root"]
    await add(anna, root, "nonsense")
    await add(anna, root, child)
    assert names((await look(anna, root)).ok()) == ["Root", "Child"]


async def test_restricted_rooms_are_shown_to_those_who_may_join(anna: Person, bob: Person) -> None:
    root = await space(anna, "Root")
    allow = [{"type": "m.room_membership", "room_id": root}]
    rules = {"type": "m.room.join_rules", "content": {"join_rule": "restricted", "allow": allow}}
    child = await anna.create_room(name="Child", initial_state=[rules])
    await add(anna, root, child)
    assert names((await look(bob, root)).ok()) == ["Root"]
    (await bob.join(root)).ok()
    answer = (await look(bob, root)).ok()
    assert names(answer) == ["Root", "Child"]
    assert answer["rooms"][1]["allowed_room_ids"] == [root]


async def test_a_walk_is_bounded(house: House, anna: Person) -> None:
    root = await space(anna, "Root")
    deep = root
    for number in range(hierarchy.MAX_DEPTH + 2):
        below = await space(anna, f"{number}")
        await add(anna, deep, below)
        deep = below
    assert len((await look(anna, root, max_depth=1000)).ok()["rooms"]) == hierarchy.MAX_DEPTH + 1
    assert len((await look(anna, root)).ok()["rooms"]) == hierarchy.DEFAULT_DEPTH + 1


async def test_who_may_not_look_and_what_is_wrong(anna: Person, bob: Person) -> None:
    room = await anna.create_room(name="Alone")
    assert names((await look(anna, room)).ok()) == ["Alone"]
    assert (await look(bob, room)).errcode == "M_FORBIDDEN"
    assert (await look(bob, "!none:localhost")).errcode == "M_FORBIDDEN"
    for query in ({"limit": 0}, {"limit": -1}, {"max_depth": -1}, {"from": "x"}, {"from": "Zm9v"}, {"from": "é"}):
        said = await look(anna, room, **query)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), query
