"""A room at one look, for who has not joined it."""

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio

OPEN = {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}


async def test_a_room_that_everybody_may_read_is_shown_before_one_joins(house: House) -> None:
    """roomInitialSync: Element waits for it when a link to a room is opened."""
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(name="Window", preset="public_chat", initial_state=[OPEN])
    sent = [await alice.send(room_id, f"m{number}") for number in range(4)]
    seen = (await bob.get(f"/rooms/{room_id}/initialSync", limit=3)).ok()
    assert (seen["room_id"], seen["membership"]) == (room_id, "leave")
    assert [event["event_id"] for event in seen["messages"]["chunk"]] == sent[1:]
    named = {event["type"]: event["content"] for event in seen["state"]}
    assert named["m.room.name"] == {"name": "Window"}
    assert named["m.room.member"]["membership"] == "join"
    earlier = (
        await bob.get(f"/rooms/{room_id}/messages", dir="b", limit=1, **{"from": seen["messages"]["start"]})
    ).ok()
    assert [event["event_id"] for event in earlier["chunk"]] == sent[:1]
    since = seen["messages"]["end"]
    new = await alice.send(room_id, "new")
    later = (await bob.get(f"/rooms/{room_id}/messages", dir="f", **{"from": since})).ok()
    assert [event["event_id"] for event in later["chunk"]] == [new]


async def test_who_may_not_look_is_told_so(house: House) -> None:
    """Not with 404: Element would show that it is loading, for ever."""
    alice, bob = await house.person("alice"), await house.person("bob")
    shut = await alice.create_room(preset="public_chat")
    invited = await alice.create_room(invite=[bob.user_id])
    for room_id in (shut, invited, "!nothing:localhost"):
        said = await bob.get(f"/rooms/{room_id}/initialSync")
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN"), room_id


async def test_who_left_sees_the_room_as_it_was(house: House) -> None:
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(name="Before", preset="public_chat")
    await bob.join(room_id)
    await alice.send(room_id, "while bob was in")
    await bob.leave(room_id)
    await alice.set_state(room_id, "m.room.name", {"name": "After"})
    await alice.send(room_id, "without bob")
    seen = (await bob.get(f"/rooms/{room_id}/initialSync", limit=0)).ok()
    assert [event["type"] for event in seen["messages"]["chunk"]] == ["m.room.member"], "bob's leaving"
    assert {"name": "Before"} in [event["content"] for event in seen["state"]]
    assert {"name": "After"} not in [event["content"] for event in seen["state"]]
    whole = (await bob.get(f"/rooms/{room_id}/initialSync", limit=10_000)).ok()["messages"]
    assert "start" not in whole
    assert whole["chunk"][0]["type"] == "m.room.create"
