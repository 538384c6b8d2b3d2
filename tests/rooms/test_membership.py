"""Joining, inviting, leaving, kicking, banning, knocking, forgetting: over HTTP, on both engines."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest

from chappe.ids import RoomID, UserID
from chappe.rooms.join import join
from chappe.stream import Command, Device, shard_of
from tests.house import House, Person, gather_at_once
from tests.rooms.looking import act, ask, event_types, membership

pytestmark = pytest.mark.anyio

NOWHERE = "!" + "a" * 43


async def test_join_by_id_and_by_alias(anna: Person, bob: Person, carl: Person) -> None:
    """joinRoom, joinRoomById."""
    room = await anna.create_room(preset="public_chat", room_alias_name="pub")
    assert (await bob.join(room)).ok() == {"room_id": room}
    assert (await ask(carl, "/join/%23pub:localhost?via=a.org&server_name=c.org", "POST")).ok() == {"room_id": room}
    assert (await carl.get("/joined_rooms")).ok() == {"joined_rooms": [room]}
    assert (await membership(anna, room, carl.user_id))["membership"] == "join"


async def test_name_and_picture_of_the_person_stand_in_the_event(anna: Person, bob: Person) -> None:
    await bob.put(f"/profile/{bob.user_id}/displayname", {"displayname": "Bob B."})
    await bob.put(f"/profile/{bob.user_id}/avatar_url", {"avatar_url": "mxc://localhost/bob"})
    room = await anna.create_room(invite=[bob.user_id])
    shown = {"displayname": "Bob B.", "avatar_url": "mxc://localhost/bob"}
    assert await membership(anna, room, bob.user_id) == {"membership": "invite", **shown}
    await act(bob, room, "join", reason="Hello")
    assert await membership(anna, room, bob.user_id) == {"membership": "join", "reason": "Hello", **shown}


async def test_who_is_in_stays_in_without_a_new_event(anna: Person, bob: Person) -> None:
    room = await anna.create_room(preset="public_chat")
    await bob.join(room)
    before = await event_types(anna, room)
    assert (await bob.join(room)).ok() == {"room_id": room}
    assert (await anna.join(room)).status == 200
    assert await event_types(anna, room) == before


async def test_repeats_change_nothing(anna: Person, bob: Person) -> None:
    room = await anna.create_room(invite=[bob.user_id])
    steps: list[Callable[[], Awaitable[Any]]] = [
        lambda: anna.invite(room, bob.user_id),
        lambda: bob.join(room),
        lambda: bob.leave(room),
        lambda: act(anna, room, "ban", user_id=bob.user_id, reason="x"),
    ]
    for step in steps:
        assert (await step()).status == 200
        before = await event_types(anna, room)
        assert (await step()).status == 200
        assert await event_types(anna, room) == before


async def test_fifty_people_join_at_once(house: House, anna: Person) -> None:
    room = RoomID(await anna.create_room(preset="public_chat"))

    async def joins(number: int) -> object:
        device = Device(UserID(f"@p{number}:localhost"))
        return await house.chappe.bus.call(shard_of(room), Command(join, device, (room,)))

    assert await gather_at_once(*(joins(number) for number in range(50))) == [room] * 50
    members = (await anna.get(f"/rooms/{room}/joined_members")).ok()["joined"]
    assert set(members) == {anna.user_id, *(f"@p{number}:localhost" for number in range(50))}


async def test_fifty_joins_of_one_person_are_one_event_and_each_is_durable(house: House, anna: Person) -> None:
    room = RoomID(await anna.create_room(preset="public_chat"))
    device = Device(UserID("@p:localhost"))

    async def joins() -> None:
        await house.chappe.bus.call(shard_of(room), Command(join, device, (room,)))
        rows = await house.chappe.database.fetch("SELECT place FROM event WHERE state_key = $1", device.user_id)
        assert len(rows) == 1, "answered before it was stored"

    await gather_at_once(*(joins() for _ in range(50)))


async def test_decline_retract_and_leave(anna: Person, bob: Person) -> None:
    """inviteUser, leaveRoom."""
    room = await anna.create_room(invite=[bob.user_id])
    assert (await bob.leave(room)).status == 200
    assert (await membership(anna, room, bob.user_id))["membership"] == "leave"
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    knocking = await anna.create_room(initial_state=[{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}])
    assert (await bob.post(f"/knock/{knocking}", {"reason": "please"})).ok() == {"room_id": knocking}
    assert await membership(anna, knocking, bob.user_id) == {
        "membership": "knock",
        "reason": "please",
        "displayname": "bob",
    }
    assert (await bob.post(f"/knock/{knocking}")).status == 200
    assert (await bob.leave(knocking)).status == 200
    assert (await membership(anna, knocking, bob.user_id))["membership"] == "leave"


async def test_a_knock_is_answered_by_an_invitation(anna: Person, bob: Person) -> None:
    room = await anna.create_room(
        room_alias_name="club", initial_state=[{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}]
    )
    assert (await bob.post("/knock/%23club:localhost")).ok() == {"room_id": room}
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    assert (await anna.invite(room, bob.user_id)).status == 200
    assert (await bob.join(room)).status == 200
    assert (await bob.post(f"/knock/{room}")).errcode == "M_FORBIDDEN"


async def test_kick_ban_unban(anna: Person, bob: Person, carl: Person) -> None:
    room = await anna.create_room(preset="public_chat")
    await bob.join(room)
    await carl.join(room)
    assert (await act(bob, room, "kick", user_id=carl.user_id)).errcode == "M_FORBIDDEN"
    assert (await act(bob, room, "ban", user_id=carl.user_id)).errcode == "M_FORBIDDEN"
    assert (await act(anna, room, "kick", user_id=bob.user_id, reason="Loud")).status == 200
    assert await membership(anna, room, bob.user_id) == {"membership": "leave", "reason": "Loud"}
    said = await act(anna, room, "kick", user_id=bob.user_id)
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await bob.join(room)).status == 200
    said = await act(anna, room, "unban", user_id=bob.user_id)
    assert (said.status, said.errcode) == (403, "M_BAD_STATE")
    assert (await act(anna, room, "ban", user_id=bob.user_id, reason="Loud again")).status == 200
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"
    assert (await bob.leave(room)).errcode == "M_FORBIDDEN"
    assert (await act(anna, room, "kick", user_id=bob.user_id)).errcode == "M_BAD_STATE"
    assert (await anna.invite(room, bob.user_id)).errcode == "M_FORBIDDEN"
    assert (await act(carl, room, "unban", user_id=bob.user_id)).errcode == "M_FORBIDDEN"
    assert (await act(anna, room, "unban", user_id=bob.user_id)).status == 200
    assert (await bob.join(room)).status == 200


async def test_kicking_someone_invited_takes_the_invitation_back(anna: Person, bob: Person) -> None:
    room = await anna.create_room(invite=[bob.user_id])
    assert (await act(anna, room, "kick", user_id=bob.user_id)).status == 200
    assert (await bob.join(room)).errcode == "M_FORBIDDEN"


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("/join/nonsense", {}, 400, "M_INVALID_PARAM"),
    (f"/join/{NOWHERE}", {}, 404, "M_NOT_FOUND"),
    ("/join/%23nobody:localhost", {}, 404, "M_NOT_FOUND"),
    ("/join/%23pub:elsewhere.org", {}, 404, "M_NOT_FOUND"),
    ("/join/%23", {}, 400, "M_INVALID_PARAM"),
    (f"/rooms/{NOWHERE}/join", {}, 404, "M_NOT_FOUND"),
    ("/rooms/nonsense/join", {}, 400, "M_INVALID_PARAM"),
    ("/rooms/{room}/join", {}, 403, "M_FORBIDDEN"),
    ("/rooms/{room}/join", {"reason": 5}, 400, "M_BAD_JSON"),
    ("/rooms/{room}/join", {"reason": "x" * 2_001}, 400, "M_INVALID_PARAM"),
    ("/knock/{room}", {}, 403, "M_FORBIDDEN"),
    (f"/knock/{NOWHERE}", {}, 404, "M_NOT_FOUND"),
    ("/rooms/{room}/leave", {}, 403, "M_FORBIDDEN"),
    (f"/rooms/{NOWHERE}/leave", {}, 403, "M_FORBIDDEN"),
    ("/rooms/{room}/invite", {"user_id": "@anna:localhost"}, 403, "M_FORBIDDEN"),
    (f"/rooms/{NOWHERE}/invite", {"user_id": "@anna:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{room}/kick", {"user_id": "@anna:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{room}/ban", {"user_id": "@anna:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{room}/unban", {"user_id": "@anna:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{own}/invite", {}, 400, "M_BAD_JSON"),
    ("/rooms/{own}/invite", {"user_id": "anna"}, 400, "M_INVALID_PARAM"),
    ("/rooms/{own}/invite", {"user_id": "@x:elsewhere.org"}, 403, "M_FORBIDDEN"),
    ("/rooms/{own}/invite", {"user_id": "@bob:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{own}/invite", {"user_id": "@x:localhost", "reason": "x" * 2_001}, 400, "M_INVALID_PARAM"),
    ("/rooms/{own}/kick", {"user_id": "@x:localhost"}, 403, "M_FORBIDDEN"),
    ("/rooms/{own}/unban", {"user_id": "@x:localhost"}, 403, "M_BAD_STATE"),
    ("/rooms/{own}/forget", {}, 400, "M_UNKNOWN"),
]


async def test_refusals(anna: Person, bob: Person) -> None:
    """As said to bob, who is not in `room` and the creator of `own`."""
    room, own = await anna.create_room(), await bob.create_room()
    for path, body, status, errcode in REFUSED:
        said = await bob.post(path.replace("{room}", quote(room)).replace("{own}", quote(own)), body)
        assert (said.status, said.errcode) == (status, errcode), f"{path} {str(body)[:200]}: {said.text}"
        assert len(said.json["error"]) > 10


async def test_forget(anna: Person, bob: Person) -> None:
    room = await anna.create_room(invite=[bob.user_id])
    assert (await act(bob, room, "forget")).errcode == "M_UNKNOWN"
    await bob.join(room)
    await bob.leave(room)
    assert (await bob.get(f"/rooms/{room}/state")).status == 200
    assert (await act(bob, room, "forget")).ok() == {}
    assert (await act(bob, room, "forget")).ok() == {}
    assert (await bob.get(f"/rooms/{room}/state")).errcode == "M_FORBIDDEN"
    assert (await bob.get(f"/rooms/{room}/messages", dir="b")).errcode == "M_FORBIDDEN"
    # A new invitation brings the room back.
    await anna.invite(room, bob.user_id)
    assert (await bob.join(room)).status == 200
    assert (await bob.get(f"/rooms/{room}/state")).status == 200


async def test_guests_join_where_they_may_and_leave_when_they_may_not_any_more(
    house: House, anna: Person, bob: Person, new_guest: Callable[[], Awaitable[Person]]
) -> None:
    guest = await new_guest()
    closed = await anna.create_room(preset="public_chat")
    assert (await guest.join(closed)).errcode == "M_GUEST_ACCESS_FORBIDDEN"
    assert (await guest.set_state(closed, "m.room.member", {"membership": "join"}, guest.user_id)).errcode == (
        "M_GUEST_ACCESS_FORBIDDEN"
    )
    room = await anna.create_room(
        preset="public_chat", initial_state=[{"type": "m.room.guest_access", "content": {"guest_access": "can_join"}}]
    )
    assert (await guest.join(room)).status == 200
    assert (await bob.join(room)).status == 200
    assert (await anna.set_state(room, "m.room.guest_access", {"guest_access": "forbidden"})).status == 200
    await house.settle()
    members = (await anna.get(f"/rooms/{room}/joined_members")).ok()["joined"]
    assert set(members) == {anna.user_id, bob.user_id}
    assert (await guest.post("/createRoom")).errcode == "M_GUEST_ACCESS_FORBIDDEN"
