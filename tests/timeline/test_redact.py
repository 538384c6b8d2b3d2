"""Redaction: who may, what is left, what readers are told, and that repeats are harmless."""

import pytest

from chappe.rooms import Rooms
from chappe.stream import Command, shard_of
from chappe.timeline import erase_originals_before
from tests.house import House, Person, gather_at_once


async def redact(person: Person, room_id: str, event_id: str, txn: str = "r1", **content: object) -> str:
    path = f"/rooms/{room_id}/redact/{event_id}/{txn}"
    return str((await person.put(path, content)).ok()["event_id"])


async def two_in_a_room(house: House, **body: object) -> tuple[Person, Person, str]:
    alice, bob = await house.person("alice"), await house.person("bob")
    room_id = await alice.create_room(preset="public_chat", **body)
    (await bob.join(room_id)).ok()
    return alice, bob, room_id


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
async def test_a_redacted_message_is_empty_for_everyone(house: House, version: str) -> None:
    """redactEvent."""
    alice, bob, room_id = await two_in_a_room(house, room_version=version)
    secret = await bob.send(room_id, "my bank code is 1234")
    redaction = await redact(bob, room_id, secret, reason="oops")
    for path in (f"event/{secret}", "messages", f"context/{secret}"):
        said = await alice.get(f"/rooms/{room_id}/{path}", dir="b")
        assert said.status == 200
        assert "1234" not in said.text
    event = (await alice.get(f"/rooms/{room_id}/event/{secret}")).ok()
    assert event["content"] == {}
    because = event["unsigned"]["redacted_because"]
    assert because["event_id"] == redaction
    assert because["content"]["reason"] == "oops"
    assert because["redacts"] == because["content"]["redacts"] == secret
    assert "1234" not in str(await alice.sync())


@pytest.mark.anyio
async def test_what_was_waiting_in_memory_is_emptied_too(house: House) -> None:
    alice, bob, room_id = await two_in_a_room(house)
    await alice.sync()
    secret = await bob.send(room_id, "my bank code is 1234")
    await redact(bob, room_id, secret)
    news = await alice.sync()
    assert "1234" not in str(news)
    timeline = news["rooms"]["join"][room_id]["timeline"]["events"]
    assert [event["type"] for event in timeline] == ["m.room.message", "m.room.redaction"]


@pytest.mark.anyio
async def test_one_redacts_ones_own_and_with_power_anybodys(house: House) -> None:
    alice, bob, room_id = await two_in_a_room(house)
    of_alice, of_bob = await alice.send(room_id, "hers"), await bob.send(room_id, "his")
    refused = await bob.put(f"/rooms/{room_id}/redact/{of_alice}/r1", {})
    assert (refused.status, refused.errcode) == (403, "M_FORBIDDEN")
    assert (await alice.get(f"/rooms/{room_id}/event/{of_alice}")).ok()["content"]["body"] == "hers"
    await redact(alice, room_id, of_bob)
    assert (await bob.get(f"/rooms/{room_id}/event/{of_bob}")).ok()["content"] == {}


@pytest.mark.anyio
async def test_a_repeat_gives_the_first_redaction(house: House) -> None:
    _, bob, room_id = await two_in_a_room(house)
    secret = await bob.send(room_id, "x")
    told = await gather_at_once(*(redact(bob, room_id, secret, "same") for _ in range(20)))
    assert len(set(told)) == 1
    page = (await bob.get(f"/rooms/{room_id}/messages", dir="b", limit=50)).ok()
    assert [event["type"] for event in page["chunk"]].count("m.room.redaction") == 1


@pytest.mark.anyio
async def test_redacting_twice_and_redacting_a_redaction_is_harmless(house: House) -> None:
    _, bob, room_id = await two_in_a_room(house)
    secret = await bob.send(room_id, "x")
    first = await redact(bob, room_id, secret, "r1", reason="first")
    again = await redact(bob, room_id, secret, "r2", reason="second")
    assert first != again
    event = (await bob.get(f"/rooms/{room_id}/event/{secret}")).ok()
    assert event["unsigned"]["redacted_because"]["event_id"] == first
    of_redaction = await redact(bob, room_id, first, "r3")
    told = (await bob.get(f"/rooms/{room_id}/event/{first}")).ok()
    assert "reason" not in told["content"]
    assert told["unsigned"]["redacted_because"]["event_id"] == of_redaction


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["6", "11"])
async def test_a_redaction_may_be_sent_like_a_message(house: House, version: str) -> None:
    _, bob, room_id = await two_in_a_room(house, room_version=version)
    secret = await bob.send(room_id, "x")
    path = f"/rooms/{room_id}/send/m.room.redaction"
    first = (await bob.put(f"{path}/t", {"redacts": secret, "reason": "oops"})).ok()
    assert (await bob.put(f"{path}/t", {"redacts": secret})).ok() == first
    event = (await bob.get(f"/rooms/{room_id}/event/{secret}")).ok()
    assert event["content"] == {}
    assert event["unsigned"]["redacted_because"]["content"]["reason"] == "oops"
    for body in ({}, {"redacts": 1}, {"redacts": "$x"}):
        refused = await bob.put(f"{path}/u", body)
        assert (refused.status, refused.errcode) == (400, "M_INVALID_PARAM")


@pytest.mark.anyio
async def test_what_cannot_be_redacted(house: House) -> None:
    alice, _, room_id = await two_in_a_room(house)
    stranger = await house.person("stranger")
    elsewhere = await stranger.create_room(preset="public_chat")
    foreign = await stranger.send(elsewhere, "not of this room")
    (await alice.set_state(room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})).ok()
    state = {event["type"]: event["event_id"] for event in (await alice.get(f"/rooms/{room_id}/state")).ok()}
    unknown = "$" + "a" * 43
    for person, event_id, status, errcode in (
        (alice, unknown, 404, "M_NOT_FOUND"),
        (alice, foreign, 404, "M_NOT_FOUND"),
        (alice, "$short", 400, "M_INVALID_PARAM"),
        (alice, state["m.room.create"], 403, "M_FORBIDDEN"),
        (alice, state["m.room.encryption"], 403, "M_FORBIDDEN"),
        (stranger, state["m.room.power_levels"], 403, "M_FORBIDDEN"),
    ):
        refused = await person.put(f"/rooms/{room_id}/redact/{event_id}/r", {})
        assert (refused.status, refused.errcode) == (status, errcode), refused.text
    assert (await alice.get(f"/rooms/{room_id}/state/m.room.create")).ok()["room_version"]


@pytest.mark.anyio
@pytest.mark.parametrize("reload", [False, True])
async def test_redacted_state_holds_for_the_rules_at_once(house: House, reload: bool) -> None:
    """Power levels keep what redaction leaves them, and the topic goes; in memory as after loading the room anew."""
    alice, bob, room_id = await two_in_a_room(house, topic="a secret topic")
    levels = (await alice.get(f"/rooms/{room_id}/state/m.room.power_levels")).ok()
    levels["notifications"] = {"room": 20}
    levels["users"] = {**levels.get("users", {}), bob.user_id: 50}
    (await alice.set_state(room_id, "m.room.power_levels", levels)).ok()
    state = {event["type"]: event["event_id"] for event in (await alice.get(f"/rooms/{room_id}/state")).ok()}
    await redact(alice, room_id, state["m.room.topic"], "r1")
    await redact(alice, room_id, state["m.room.power_levels"], "r2")
    rooms = house.chappe.resources.of(Rooms)
    resident = rooms._resident[room_id]  # type: ignore[index]  # the test's ids are plain text
    if reload:
        rooms.forget(resident)
        (await alice.set_state(room_id, "m.room.name", {"name": "loads the room"})).ok()
        resident = rooms._resident[room_id]  # type: ignore[index]
    assert resident.state["m.room.topic", ""].content == {}
    kept = resident.state["m.room.power_levels", ""].content
    assert "notifications" not in kept
    assert kept["users"][bob.user_id] == 50  # type: ignore[index]
    assert (await bob.set_state(room_id, "m.room.topic", {"topic": "new"})).status == 200
    assert "secret topic" not in (await bob.get(f"/rooms/{room_id}/state")).text.replace("new", "")


@pytest.mark.anyio
async def test_a_refused_redaction_changes_nothing_in_memory(house: House) -> None:
    """The power to redact is there, but not the power to send redactions."""
    levels = {"events": {"m.room.redaction": 101}}
    alice, _, room_id = await two_in_a_room(
        house, room_version="11", power_level_content_override=levels, topic="stays"
    )
    topic = (await alice.get(f"/rooms/{room_id}/state/m.room.topic", format="event")).ok()["event_id"]
    assert (await alice.put(f"/rooms/{room_id}/redact/{topic}/r", {})).status == 403
    assert (await alice.get(f"/rooms/{room_id}/state/m.room.topic")).ok()["topic"] == "stays"
    assert house.chappe.resources.of(Rooms)._resident[room_id].state["m.room.topic", ""].content  # type: ignore[index]


@pytest.mark.anyio
async def test_the_original_is_kept_for_a_while_and_then_erased(house: House) -> None:
    _, bob, room_id = await two_in_a_room(house)
    secret = await bob.send(room_id, "my bank code is 1234")
    await redact(bob, room_id, secret)
    originals = "SELECT client_json FROM redacted_original"
    database = house.chappe.database
    assert b"1234" in bytes((await database.fetch(originals))[0][0])

    async def erase_before(cutoff_ms: int) -> object:
        return await house.chappe.bus.call(shard_of(room_id), Command(erase_originals_before, None, (cutoff_ms,)))

    assert await erase_before(house.clock.now_ms() - 60_000) is None
    assert len(await database.fetch(originals)) == 1
    assert await erase_before(house.clock.now_ms() + 60_000) is None
    assert await database.fetch(originals) == []
    assert "1234" not in str(await database.fetch("SELECT client_json, pdu_rest FROM event"))
