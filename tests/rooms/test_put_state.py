"""Setting state: what is looked at more closely, and that a repeat is the same event. On both engines."""

from typing import Any
from urllib.parse import quote

import pytest

from chappe.ids import RoomID
from chappe.rooms import Rooms
from tests.house import House, Person, gather_at_once
from tests.rooms.looking import act, content, event_types, membership

pytestmark = pytest.mark.anyio


async def test_the_same_again_is_the_same_event(anna: Person, bob: Person) -> None:
    """setRoomStateWithKey."""
    room = await anna.create_room(preset="public_chat", power_level_content_override={"state_default": 0})
    await bob.join(room)
    first = (await anna.set_state(room, "org.example.x", {"a": 1, "b": [True]}, "k")).ok()["event_id"]
    assert (await anna.set_state(room, "org.example.x", {"b": [True], "a": 1}, "k")).ok()["event_id"] == first
    assert (await anna.set_state(room, "org.example.x", {"a": 1, "b": [1]}, "k")).ok()["event_id"] != first
    by_bob = (await bob.set_state(room, "org.example.x", {"a": 1, "b": [1]}, "k")).ok()["event_id"]
    assert (await content(anna, room, "org.example.x", "k")) == {"a": 1, "b": [1]}
    assert by_bob != first
    said = await gather_at_once(*(anna.set_state(room, "org.example.y", {"n": 1}) for _ in range(20)))
    assert len({one.ok()["event_id"] for one in said}) == 1


REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("m.room.power_levels", "", {"users": {"bob": 50}}, 400, "M_BAD_JSON"),
    ("m.room.power_levels", "", {"users": []}, 400, "M_BAD_JSON"),
    ("m.room.power_levels", "", {"events": {"m.room.name": "50"}}, 400, "M_BAD_JSON"),
    ("m.room.power_levels", "", {"notifications": {"room": None}}, 400, "M_BAD_JSON"),
    ("m.room.power_levels", "", {"ban": True}, 400, "M_BAD_JSON"),
    ("m.room.power_levels", "", {"ban": 50.0}, 400, "M_BAD_JSON"),
    ("m.room.canonical_alias", "", {"alias": "nonsense"}, 400, "M_INVALID_PARAM"),
    ("m.room.canonical_alias", "", {"alias": 5}, 400, "M_INVALID_PARAM"),
    ("m.room.canonical_alias", "", {"alt_aliases": "#a:localhost"}, 400, "M_INVALID_PARAM"),
    ("m.room.canonical_alias", "", {"alt_aliases": [["#a:localhost"]]}, 400, "M_INVALID_PARAM"),
    ("m.room.canonical_alias", "", {"alt_aliases": ["#a:localhost"] * 51}, 400, "M_INVALID_PARAM"),
    ("m.room.canonical_alias", "", {"alias": "#nobody:localhost"}, 400, "M_BAD_ALIAS"),
    ("m.room.canonical_alias", "", {"alias": "#pub:elsewhere.org"}, 400, "M_BAD_ALIAS"),
    ("m.room.canonical_alias", "", {"alias": "#own:localhost", "alt_aliases": ["#x:y"]}, 400, "M_BAD_ALIAS"),
    ("m.room.encryption", "", {}, 400, "M_BAD_JSON"),
    ("m.room.create", "", {}, 403, "M_FORBIDDEN"),
    ("m.room.member", "@anna:localhost", {}, 400, "M_BAD_JSON"),
    ("m.room.member", "@anna:localhost", {"membership": 5}, 400, "M_BAD_JSON"),
    ("m.room.member", "@anna:localhost", {"membership": "owner"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "@anna:localhost", {"membership": "join", "displayname": 5}, 400, "M_BAD_JSON"),
    ("m.room.member", "@anna:localhost", {"membership": "invite"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "@bob:localhost", {"membership": "join"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "@bob:localhost", {"membership": "leave"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "@bob:elsewhere.org", {"membership": "invite"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "nonsense", {"membership": "ban"}, 403, "M_FORBIDDEN"),
    ("m.room.member", "", {"membership": "ban"}, 403, "M_FORBIDDEN"),
    (
        "m.room.member",
        "@bob:localhost",
        {"membership": "invite", "third_party_invite": {"signed": {}}},
        403,
        "M_FORBIDDEN",
    ),
    ("org.example.x", "@bob:localhost", {}, 403, "M_FORBIDDEN"),
    ("org.example.x", "", {"a": 0.5}, 400, "M_BAD_JSON"),
    ("org.example.x", "", {"a": 2**53}, 400, "M_BAD_JSON"),
    ("org.example.x", "", [], 400, "M_BAD_JSON"),
    ("org.example.x", "", {"a": "b" * 66_000}, 413, "M_TOO_LARGE"),
    ("org.example.x", "k" * 256, {}, 413, "M_TOO_LARGE"),
    ("x" * 256, "", {}, 413, "M_TOO_LARGE"),
]


async def test_refusals_store_nothing(anna: Person) -> None:
    room = await anna.create_room(room_alias_name="own")
    before = await event_types(anna, room)
    for event_type, state_key, body, status, errcode in REFUSED:
        said = await anna.set_state(room, event_type, body, state_key)
        case = f"{event_type[:50]} {state_key[:50]} {str(body)[:200]}"
        assert (said.status, said.errcode) == (status, errcode), f"{case}: {said.text}"
        assert await event_types(anna, room) == before, case


async def test_strangers_and_the_powerless_set_nothing(anna: Person, bob: Person, carl: Person) -> None:
    room = await anna.create_room(invite=[bob.user_id, carl.user_id])
    await bob.join(room)
    for person in (bob, carl):
        assert (await person.set_state(room, "m.room.name", {"name": "Mine"})).errcode == "M_FORBIDDEN"
        assert (await person.set_state(room, "m.room.power_levels", {})).errcode == "M_FORBIDDEN"
    nowhere = "!" + "a" * 43
    assert (await bob.set_state(nowhere, "m.room.name", {"name": "Mine"})).errcode == "M_FORBIDDEN"
    invitation = {"membership": "invite"}
    said = await carl.set_state(room, "m.room.member", invitation, bob.user_id)
    assert said.errcode == "M_FORBIDDEN", "someone invited learns nothing about others"


async def test_encryption_stays(anna: Person) -> None:
    room = await anna.create_room()
    megolm = {"algorithm": "m.megolm.v1.aes-sha2"}
    assert (await anna.set_state(room, "m.room.encryption", megolm)).status == 200
    for weaker in ({}, {"algorithm": "none"}, {"algorithm": None}):
        assert (await anna.set_state(room, "m.room.encryption", weaker)).errcode == "M_FORBIDDEN"
    assert (await anna.set_state(room, "m.room.encryption", {**megolm, "rotation_period_msgs": 10})).status == 200


async def test_canonical_alias_names_aliases_of_this_room(anna: Person) -> None:
    room = await anna.create_room(room_alias_name="a")
    await anna.create_room(room_alias_name="other")
    await anna.put("/directory/room/%23b:localhost", {"room_id": room})
    named = {"alias": "#a:localhost", "alt_aliases": ["#b:localhost"]}
    assert (await anna.set_state(room, "m.room.canonical_alias", named)).status == 200
    said = await anna.set_state(room, "m.room.canonical_alias", {"alias": "#other:localhost"})
    assert said.errcode == "M_BAD_ALIAS"
    # What is there already is not looked at again: aliases may have moved since.
    await anna.delete("/directory/room/%23b:localhost")
    assert (await content(anna, room, "m.room.canonical_alias")) == {"alias": "#a:localhost", "alt_aliases": []}
    assert (await anna.set_state(room, "m.room.canonical_alias", {})).status == 200


async def test_memberships_set_as_state_go_the_way_of_the_acts(anna: Person, bob: Person) -> None:
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Bob"})
    room = await anna.create_room()

    async def put(person: Person, **body: Any) -> int:
        return (await person.set_state(room, "m.room.member", body, bob.user_id)).status

    assert await put(anna, membership="invite", reason="Come") == 200
    assert await membership(anna, room, bob.user_id) == {"membership": "invite", "reason": "Come", "displayname": "Bob"}
    assert await put(bob, membership="join") == 200
    assert await membership(anna, room, bob.user_id) == {"membership": "join", "displayname": "Bob"}
    assert await put(bob, membership="join", displayname="Bobby") == 200
    assert await membership(anna, room, bob.user_id) == {"membership": "join", "displayname": "Bobby"}
    assert await put(anna, membership="ban", reason="x") == 200
    assert await put(bob, membership="join") == 403
    assert await put(anna, membership="leave") == 200
    assert await put(anna, membership="leave") == 403
    assert (await bob.get("/joined_rooms")).ok() == {"joined_rooms": []}


async def test_state_is_what_the_tip_says_also_after_a_reload(house: House, anna: Person, bob: Person) -> None:
    room = await anna.create_room(name="One", preset="public_chat")
    await bob.join(room)
    await act(anna, room, "ban", user_id=bob.user_id)
    rooms = house.chappe.resources.of(Rooms)
    rooms.forget(rooms._resident[RoomID(room)])
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    assert (await anna.set_state(room, "m.room.name", {"name": "Two"})).status == 200
    events = (await anna.get(f"/rooms/{quote(room)}/state")).ok()
    assert [one["content"] for one in events if one["type"] == "m.room.name"] == [{"name": "Two"}]


async def test_a_redaction_is_not_state(house: House) -> None:
    anna = await house.person("anna")
    room = await anna.create_room()
    event_id = await anna.send(room, "stays")
    said = await anna.set_state(room, "m.room.redaction", {"redacts": event_id})
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await anna.get(f"/rooms/{room}/event/{event_id}")).ok()["content"]["body"] == "stays"
