"""What someone invited is shown of a room stays small. On both engines."""

import json
from typing import Any

import pytest

from chappe.rooms.membership_effect import LEFT_OUT_FIRST, MAX_STRIPPED_BYTES, STRIPPED_TYPES
from tests.house import Person

pytestmark = pytest.mark.anyio


async def invited(person: Person, room_id: str) -> list[dict[str, Any]]:
    answer = (await person.get("/sync")).ok()
    events: list[dict[str, Any]] = answer["rooms"]["invite"][room_id]["invite_state"]["events"]
    return events


def types(events: list[dict[str, Any]]) -> set[str]:
    return {one["type"] for one in events}


def test_everything_shown_can_be_left_out() -> None:
    assert set(LEFT_OUT_FIRST) == {*STRIPPED_TYPES, "m.room.member"}


async def test_the_topic_goes_first_and_then_the_rest(anna: Person, bob: Person, carl: Person) -> None:
    room_id = await anna.create_room(name="Small", topic="t" * 20_000)
    (await anna.invite(room_id, bob.user_id)).ok()
    shown = await invited(bob, room_id)
    assert "m.room.topic" not in types(shown)
    assert types(shown) >= {"m.room.create", "m.room.name", "m.room.join_rules", "m.room.member"}

    (await anna.set_state(room_id, "m.room.name", {"name": "n" * 33_000})).ok()
    (await anna.set_state(room_id, "m.room.avatar", {"url": "mxc://localhost/a", "x": "u" * 30_000})).ok()
    (await anna.invite(room_id, carl.user_id)).ok()
    shown = await invited(carl, room_id)
    assert types(shown) == {"m.room.create", "m.room.join_rules", "m.room.member"}
    assert len(json.dumps(shown)) <= MAX_STRIPPED_BYTES
    assert [one["state_key"] for one in shown if one["type"] == "m.room.member"] == [anna.user_id, carl.user_id]


async def test_a_large_invitation_still_arrives(anna: Person, bob: Person) -> None:
    room_id = await anna.create_room(name="Small")
    content = {"membership": "invite", "org.example.x": "x" * 40_000}
    (await anna.set_state(room_id, "m.room.member", content, bob.user_id)).ok()
    (only,) = await invited(bob, room_id)
    assert (only["type"], only["state_key"]) == ("m.room.member", bob.user_id)
    (await bob.join(room_id)).ok()
