"""Who types: told while it lasts, forgotten by itself, and never more than there is room for."""

import asyncio
from typing import Any

import pytest

from chappe.ids import RoomID, UserID
from chappe.stream import Log
from chappe.timeline import typing
from chappe.timeline.typing import Typing
from tests.house import House, Person

ROOM, ALICE, BOB = RoomID("!r:x"), UserID("@alice:x"), UserID("@bob:x")


def fresh() -> tuple[Log, Typing]:
    log = Log([0] * 257, "history")
    return log, Typing(log)


class Listener:
    def __init__(self, log: Log, at: Typing) -> None:
        self.heard: list[list[UserID]] = []
        self._typing = at
        log.watch(ROOM, self)

    def wake(self, key: str) -> None:
        self.heard.append(self._typing.users(ROOM))


@pytest.mark.anyio
async def test_typing_is_told_once_and_ends_by_itself() -> None:
    log, at = fresh()
    listener = Listener(log, at)
    at.set(ROOM, ALICE, 30)
    at.set(ROOM, ALICE, 40)
    at.set(ROOM, BOB, 80_000)
    assert listener.heard == [[ALICE], [ALICE, BOB]]
    await asyncio.sleep(0.15)
    assert listener.heard == [[ALICE], [ALICE, BOB], [BOB]]
    at.set(ROOM, BOB, None)
    at.set(ROOM, BOB, None)
    assert listener.heard[3:] == [[]]
    assert at.changed_at(ROOM) == log.ephemeral == 4
    assert not at._rooms


@pytest.mark.anyio
async def test_typing_on_puts_the_end_off() -> None:
    _, at = fresh()
    at.set(ROOM, ALICE, 40)
    await asyncio.sleep(0.02)
    at.set(ROOM, ALICE, 60_000)
    await asyncio.sleep(0.06)
    assert at.users(ROOM) == [ALICE]
    at.set(ROOM, ALICE, None)


@pytest.mark.anyio
async def test_whoever_was_away_learns_which_rooms_changed() -> None:
    log, at = fresh()
    rooms = [RoomID(f"!{number}:x") for number in range(3)]
    for room_id in rooms:
        at.set(room_id, ALICE, 60_000)
    seen = log.ephemeral
    at.set(rooms[0], ALICE, None)
    assert at.changed_rooms(seen) == [rooms[0]]
    assert at.changed_rooms(0) == [rooms[0], rooms[2], rooms[1]]
    assert at.changed_rooms(log.ephemeral) == []
    assert at.changed_at(RoomID("!never:x")) == 0
    for room_id in rooms:
        at.set(room_id, ALICE, None)


@pytest.mark.anyio
async def test_memory_is_bounded() -> None:
    _, at = fresh()
    for number in range(typing.MAX_USERS + 50):
        at.set(ROOM, UserID(f"@{number}:x"), 10**15)
    assert len(at.users(ROOM)) == typing.MAX_USERS
    rooms = [RoomID(f"!{number}:x") for number in range(typing.MAX_ROOMS + 50)]
    for room_id in rooms:
        at.set(room_id, ALICE, 60_000)
    assert len(at._rooms) == typing.MAX_ROOMS
    timers = [typists.timer for typists in at._rooms.values()]
    assert all(timer is not None for timer in timers)
    limit = asyncio.get_running_loop().time() + typing.MAX_TIMEOUT_MS / 1000 + 1
    assert all(until < limit for typists in at._rooms.values() for until in typists.until.values())
    for room_id in rooms:
        at.set(room_id, ALICE, None)
    for number in range(typing.MAX_USERS):
        at.set(ROOM, UserID(f"@{number}:x"), None)
    assert not at._rooms
    for number in range(typing.MAX_CHANGED + 50):
        at.set(RoomID(f"!{number}:y"), ALICE, 60_000)
        at.set(RoomID(f"!{number}:y"), ALICE, None)
    assert len(at._changed) == typing.MAX_CHANGED


async def put(person: Person, room_id: str, body: object, user_id: str | None = None) -> Any:
    return await person.put(f"/rooms/{room_id}/typing/{user_id or person.user_id}", body)


@pytest.mark.anyio
async def test_members_see_each_other_type(house: House) -> None:
    """setTyping."""
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(preset="public_chat")
    (await bob.join(room_id)).ok()
    await alice.sync()
    assert (await put(bob, room_id, {"typing": True})).ok() == {}
    (told,) = (await alice.sync())["rooms"]["join"][room_id]["ephemeral"]["events"]
    assert told == {"type": "m.typing", "content": {"user_ids": [bob.user_id]}}
    (await put(bob, room_id, {"typing": False})).ok()
    (told,) = (await alice.sync())["rooms"]["join"][room_id]["ephemeral"]["events"]
    assert told["content"]["user_ids"] == []


@pytest.mark.anyio
async def test_who_may_not_type_and_how(house: House) -> None:
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(preset="public_chat")
    for person, body, user_id, status, errcode in (
        (bob, {"typing": True}, None, 403, "M_FORBIDDEN"),
        (alice, {"typing": True}, bob.user_id, 403, "M_FORBIDDEN"),
        (alice, {}, None, 400, "M_BAD_JSON"),
        (alice, {"typing": "yes"}, None, 400, "M_BAD_JSON"),
        (alice, {"typing": True, "timeout": "long"}, None, 400, "M_BAD_JSON"),
    ):
        said = await put(person, room_id, body, user_id)
        assert (said.status, said.errcode) == (status, errcode), said.text
    for timeout in (-1, 0, 2**60):
        assert (await put(alice, room_id, {"typing": True, "timeout": timeout})).status in (200, 400)
    (await bob.join(room_id)).ok()
    (await put(bob, room_id, {"typing": True})).ok()
    (await bob.leave(room_id)).ok()
    assert (await put(bob, room_id, {"typing": True})).status == 403
