"""What /sync tells, in small stories."""

import asyncio
from typing import Any

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio


def bodies(room: dict[str, Any]) -> list[str]:
    return [e["content"]["body"] for e in room["timeline"]["events"] if e["type"] == "m.room.message"]


async def test_first_sync_then_only_what_is_new(house: House) -> None:
    """sync, sendMessage."""
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat", name="Tower")
    (await ben.join(room)).ok()
    await ann.send(room, "one")
    first = await ben.sync()
    joined = first["rooms"]["join"][room]
    assert bodies(joined) == ["one"]
    types = {e["type"] for e in joined["state"]["events"] + joined["timeline"]["events"]}
    assert {"m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules", "m.room.name"} <= types
    assert joined["summary"]["m.joined_member_count"] == 2
    assert joined["unread_notifications"] == {"highlight_count": 0, "notification_count": 1}

    assert "rooms" not in await ben.sync()
    mentions: dict[str, Any] = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room, "two", **mentions)
    second = (await ben.sync())["rooms"]["join"][room]
    assert bodies(second) == ["two"]
    assert second["state"]["events"] == []
    assert second["timeline"]["limited"] is False
    assert second["unread_notifications"] == {"highlight_count": 1, "notification_count": 2}


async def test_a_waiting_client_is_told_at_once(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    room = await ann.create_room(preset="public_chat")
    await ben.join(room)
    await ben.sync()
    waiting = asyncio.create_task(ben.sync(timeout=20_000))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await ann.send(room, "hello")
    answer = await asyncio.wait_for(waiting, 5)
    assert bodies(answer["rooms"]["join"][room]) == ["hello"]


async def test_invite_join_and_leave_arrive(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await ben.sync()
    room = await ann.create_room(preset="private_chat", name="Secret", invite=[ben.user_id])
    invited = (await ben.sync())["rooms"]["invite"][room]["invite_state"]["events"]
    assert {"m.room.name", "m.room.member", "m.room.create", "m.room.join_rules"} <= {e["type"] for e in invited}
    (await ben.join(room)).ok()
    joined = (await ben.sync())["rooms"]["join"][room]
    assert joined["summary"]["m.joined_member_count"] == 2
    await ann.send(room, "still here")
    (await ben.leave(room)).ok()
    await ann.send(room, "gone")
    left = (await ben.sync())["rooms"]["leave"][room]
    assert bodies(left) == ["still here"]
    assert left["timeline"]["events"][-1]["content"]["membership"] == "leave"
    assert "rooms" not in await ben.sync()


async def test_only_the_sending_device_sees_its_transaction_id(house: House) -> None:
    ann = await house.person("ann")
    phone = await ann.another_device()
    room = await ann.create_room()
    await ann.sync()
    await phone.sync()
    await ann.send(room, "hi", txn="mine")
    here = (await ann.sync())["rooms"]["join"][room]["timeline"]["events"][0]
    there = (await phone.sync())["rooms"]["join"][room]["timeline"]["events"][0]
    assert here["unsigned"]["transaction_id"] == "mine"
    assert "transaction_id" not in there["unsigned"]


async def test_a_gap_tells_the_state_that_changed_in_it(house: House) -> None:
    ann = await house.person("ann")
    room = await ann.create_room(name="Old")
    await ann.sync()
    await ann.set_state(room, "m.room.name", {"name": "New"})
    for number in range(30):
        await ann.send(room, f"m{number}")
    answer = (await ann.sync())["rooms"]["join"][room]
    assert answer["timeline"]["limited"] is True
    assert bodies(answer) == [f"m{n}" for n in range(10, 30)]
    assert [e["content"] for e in answer["state"]["events"]] == [{"name": "New"}]
    older = (await ann.get(f"/rooms/{room}/messages", dir="b", **{"from": answer["timeline"]["prev_batch"]})).ok()
    assert older["chunk"][0]["content"]["body"] == "m9"


async def test_a_token_of_nowhere_is_refused(house: House) -> None:
    ann = await house.person("ann")
    for since in ("x", "s1_", "s1_AAAA", "s9_" + "A" * 80, "s1_" + "A" * 4000):
        said = await ann.get("/sync", since=since)
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), since
