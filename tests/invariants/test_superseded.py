"""A unit that fails at the flush takes nothing with it: who built on it in memory is run again on what is true."""

import asyncio
from typing import Any

import pytest

from chappe.errors import Errcode, Refused
from chappe.ids import DeviceID, RoomID, UserID
from chappe.rooms import Rooms, Sending, Tails, append, sent_before
from chappe.rooms.membership import set_member
from chappe.stream import Command, Device, Place, Transaction, shard_of
from tests.house import House, Person
from tests.invariants.truth import Truth, truth_of

pytestmark = pytest.mark.anyio

NEVER = "UPDATE room SET joined = joined WHERE room_id = 'no such room' RETURNING joined"
TWICE = "INSERT INTO room (room_id, version, created_at, joined, invited) VALUES ($1, '12', 0, 0, 0)"
FAILURES = pytest.mark.parametrize("how", ["refused", "collides"])
TURNS = pytest.mark.parametrize("turns", [1, 3])
"""Turns of the loop until the next request: within the same group as what fails, or while that group is committed."""


def fail(tx: Transaction, how: str, room_id: str) -> None:
    """Queue something that does not hold, in bulk or in order."""
    if how == "refused":
        tx.conditional(NEVER, otherwise=Refused(Errcode.FORBIDDEN, "It does not hold."))
    else:
        tx.append(TWICE, room_id)


async def ghostly_state(
    tx: Transaction, device: Device, room_id: str, how: str, type: str, state_key: str, content: dict[str, object]
) -> None:
    """Set state, and fail."""
    room = await tx.of(Rooms).enter_as_member(tx, RoomID(room_id), device.user_id)
    if type == "m.room.member":
        target = UserID(state_key)
        await tx.of(Rooms).know(tx, room, target)
        await set_member(tx, room, device.user_id, target, str(content["membership"]))
    else:
        await append(tx, room, sender=device.user_id, type=type, state_key=state_key, content=content)
    fail(tx, how, room_id)


async def ghostly_message(tx: Transaction, device: Device, room_id: str, how: str, txn_id: str) -> str:
    """Send a message like the route does, and fail."""
    room = await tx.of(Rooms).enter_as_member(tx, RoomID(room_id), device.user_id)
    sending = Sending(device, f"send/{room_id}/m.room.message", txn_id)
    if sent := await sent_before(tx, room, sending):
        return sent
    content: dict[str, object] = {"msgtype": "m.text", "body": "ghost"}
    event = await append(tx, room, sender=device.user_id, type="m.room.message", content=content, sending=sending)
    fail(tx, how, room_id)
    return event.event_id


class Stage:
    """A room with two people, and the means to fail in it."""

    def __init__(self, house: House, ann: Person, ben: Person, room_id: str) -> None:
        self.house = house
        self.ann, self.ben = ann, ben
        self.room_id = room_id

    async def ghost(self, turns: int, act: Any, *arguments: object) -> "asyncio.Task[object]":
        """An act of Ann's that fails, queued some turns of the loop ago."""
        device = Device(UserID(self.ann.user_id), DeviceID(self.ann.device_id))
        command = Command(act, device, (self.room_id, *arguments))
        call = self.house.chappe.bus.call(shard_of(self.room_id), command)
        ghost = asyncio.create_task(call)
        for _ in range(turns):
            await asyncio.sleep(0)
        return ghost

    async def require_failed(self, ghost: "asyncio.Task[object]") -> None:
        with pytest.raises(Refused):
            await ghost

    async def truth(self) -> Truth:
        await self.house.settle()
        return await truth_of(self.house.chappe.database, self.room_id)

    async def require_nothing_of_it_in_memory(self) -> None:
        """What memory has of the room is what is stored."""
        truth = await self.truth()
        tails, rooms = self.house.chappe.resources.of(Tails), self.house.chappe.resources.of(Rooms)
        last = truth.events[-1]
        tail = tails.between(RoomID(self.room_id), Place(last.place - 1), Place(last.place))
        assert tail is None or [event.event_id for event in tail] == [last.id]
        room = rooms._resident.get(RoomID(self.room_id))
        if room is not None:
            assert room.pending == 0
            assert room.last_event_id == last.id
            state = {key: event.id for key, event in truth.state().items()}
            assert {key: one.event_id for key, one in room.state.items()}.items() <= state.items()
            for user_id, member in room.members.items():
                assert (member.event_id if member else None) == state.get(("m.room.member", user_id))
            assert (room.joined, room.invited) == (truth.members("join"), truth.members("invite"))


@pytest.fixture
async def stage(house: House) -> Stage:
    ann, ben = await house.person("ann"), await house.person("ben")
    room_id = await ann.create_room(preset="public_chat", name="Tower")
    (await ben.join(room_id)).ok()
    return Stage(house, ann, ben, room_id)


@FAILURES
@TURNS
async def test_messages_behind_one_that_failed_are_sent_all_the_same(stage: Stage, how: str, turns: int) -> None:
    await stage.ben.sync()
    ghost = await stage.ghost(turns, ghostly_message, how, "g1")
    sent = await asyncio.gather(*(stage.ben.send(stage.room_id, f"{n}") for n in range(10)))
    await stage.require_failed(ghost)
    truth = await stage.truth()
    assert {event.id for event in truth.events[-10:]} == set(sent)
    told = (await stage.ben.sync())["rooms"]["join"][stage.room_id]["timeline"]["events"]
    assert [event["event_id"] for event in told] == [event.id for event in truth.events[-10:]]
    await stage.require_nothing_of_it_in_memory()


@FAILURES
@TURNS
async def test_the_same_state_is_set_once_the_first_has_failed(stage: Stage, how: str, turns: int) -> None:
    content: dict[str, object] = {"topic": "news"}
    ghost = await stage.ghost(turns, ghostly_state, how, "m.room.topic", "", content)
    said = await stage.ann.set_state(stage.room_id, "m.room.topic", content)
    await stage.require_failed(ghost)
    event_id = said.ok()["event_id"]
    assert (await stage.truth()).state()["m.room.topic", ""].id == event_id
    await stage.require_nothing_of_it_in_memory()


@FAILURES
@TURNS
async def test_the_repeat_of_a_message_that_failed_is_sent(stage: Stage, how: str, turns: int) -> None:
    ghost = await stage.ghost(turns, ghostly_message, how, "again")
    event_id = await stage.ann.send(stage.room_id, "real", txn="again")
    (failed,) = await asyncio.gather(ghost, return_exceptions=True)
    assert isinstance(failed, Refused) or failed == event_id, "or it was run again, and found the other one"
    last = (await stage.truth()).events[-1]
    assert (last.id, last.content["body"]) == (event_id, "real")
    await stage.require_nothing_of_it_in_memory()


@FAILURES
@TURNS
async def test_somebody_whose_coming_in_failed_is_not_in_the_room(stage: Stage, how: str, turns: int) -> None:
    cat = await stage.house.person("cat")
    closed = await stage.ann.create_room(preset="private_chat")
    stage.room_id = closed
    ghost = await stage.ghost(turns, ghostly_state, how, "m.room.member", cat.user_id, {"membership": "invite"})
    joined = await cat.join(closed)
    await stage.require_failed(ghost)
    assert (joined.status, joined.errcode) == (403, "M_FORBIDDEN")
    assert (await stage.truth()).membership(cat.user_id) == "leave"
    assert "rooms" not in await cat.sync()
    await stage.require_nothing_of_it_in_memory()


@FAILURES
async def test_what_is_done_at_once_with_much_that_fails_comes_to_what_is_stored(stage: Stage, how: str) -> None:
    ghosts = []
    acts: list[Any] = []
    for number in range(12):
        ghosts.append(await stage.ghost(number % 3, ghostly_state, how, "org.x", "k", {"ghost": number}))
        acts.append(asyncio.create_task(stage.ben.send(stage.room_id, f"{number}")))
        acts.append(asyncio.create_task(stage.ann.set_state(stage.room_id, "org.x", {"real": number}, "k")))
        if number % 3 == 0:
            await asyncio.sleep(0.002)
    await asyncio.gather(*acts, return_exceptions=True)
    for ghost in ghosts:
        await stage.require_failed(ghost)
    truth = await stage.truth()
    assert not any("ghost" in event.content for event in truth.events)
    depths = await stage.house.chappe.database.fetch(
        "SELECT depth FROM event WHERE room_id = $1 ORDER BY place", stage.room_id
    )
    assert [row[0] for row in depths] == list(range(1, len(depths) + 1))
    await stage.require_nothing_of_it_in_memory()
