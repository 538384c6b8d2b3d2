"""Events on their way to push gateways: who is told, of what, when; and what happens when a gateway does not answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from chappe.accounts.restrict import Restriction, restrict
from chappe.app import Chappe
from chappe.config import Settings
from chappe.push import Deliveries
from chappe.push.deliveries import GIVE_UP_MS, MAX_WAITING
from chappe.storage import Database
from chappe.stream import REGISTER, Command
from tests.house import Clock, House, Person
from tests.push.gateway import GatewayServer
from tests.push.test_pushers import keys, pusher

pytestmark = pytest.mark.anyio


async def until(listed: Callable[[], Awaitable[Sequence[object]]], number: int) -> None:
    """Wait until so many are listed."""
    async with asyncio.timeout(5):
        while len(await listed()) != number:  # noqa: ASYNC110 — the reader of the log tells nobody
            await asyncio.sleep(0.02)


async def with_phone(person: Person, gateway: GatewayServer, pushkey: str = "key", **data: Any) -> Person:
    body = pusher(pushkey, data={"url": gateway.url, **data})
    (await person.post("/pushers/set", body)).ok()
    person.house.chappe.resources.of(Deliveries).first_retry_s = 0.05
    return person


async def friends(house: House, **room: Any) -> tuple[Person, Person, str]:
    """Two people in a room; the room counts as one of more than two."""
    ann, ben, cleo = await house.person("ann"), await house.person("ben"), await house.person("cleo")
    room_id = await ann.create_room(preset="public_chat", **room)
    for one in (ben, cleo):
        (await one.join(room_id)).ok()
    return ann, ben, room_id


async def quiet(gateway: GatewayServer, number: int) -> None:
    """Nothing more comes than notifications of so many events."""
    await asyncio.sleep(0.6)
    assert len([one for one in gateway.told if "event_id" in one]) == number


async def test_a_message_reaches_the_gateway_of_who_is_in_the_room(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house, name="Kitchen", room_alias_name="kitchen")
    (await ann.put(f"/profile/{ann.user_id}/displayname", {"displayname": "Ann"})).ok()
    await with_phone(ben, gateway, custom={"a": 1})
    await with_phone(ann, gateway, "of the sender")
    event_id = await ann.send(room_id, "Tea?")
    (told,) = await gateway.until(1)
    device = told.pop("devices")[0]
    assert abs(device.pop("pushkey_ts") - house.clock.ms // 1000) < 60
    assert device == {"app_id": "org.example.app", "pushkey": "key", "data": {"custom": {"a": 1}}, "tweaks": {}}
    assert told == {
        "event_id": event_id,
        "room_id": room_id,
        "type": "m.room.message",
        "sender": ann.user_id,
        "sender_display_name": "Ann",
        "room_name": "Kitchen",
        "room_alias": "#kitchen:localhost",
        "content": {"msgtype": "m.text", "body": "Tea?"},
        "prio": "low",
        "counts": {"unread": 1},
    }
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room_id, "ben!", **mention)
    told = (await gateway.until(2))[1]
    assert (told["prio"], told["counts"]) == ("high", {"unread": 2})
    assert told["devices"][0]["tweaks"] == {"sound": "default", "highlight": True}
    await quiet(gateway, 2)


async def test_of_ids_only_and_of_what_is_encrypted_nothing_else_leaves(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house, name="Kitchen")
    await with_phone(ben, gateway, "ids", format="event_id_only")
    await ann.send(room_id, "Tea?")
    (told,) = await gateway.until(1)
    assert set(told) == {"event_id", "room_id", "prio", "counts", "devices"}
    assert told["devices"][0]["data"] == {"format": "event_id_only"}
    (await ben.post("/pushers/set", {"kind": None, "app_id": "org.example.app", "pushkey": "ids"})).ok()
    await with_phone(ben, gateway, "all")
    path = f"/rooms/{room_id}/send/m.room.encrypted/t1"
    (await ann.put(path, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "SECRET"})).ok()
    told = (await gateway.until(2))[1]
    assert set(told) == {"event_id", "room_id", "prio", "counts", "devices"}
    assert told["prio"] == "high"


async def test_rules_decide_and_hold_at_once(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    (await ben.put(f"/pushrules/global/room/{room_id}", {"actions": []})).ok()
    await ann.send(room_id, "Muted")
    await quiet(gateway, 0)
    loud = {"actions": ["notify", {"set_tweak": "sound", "value": "gong"}], "pattern": "cake"}
    (await ben.put("/pushrules/global/content/cake", loud)).ok()
    await ann.send(room_id, "Cake!")
    (told,) = await gateway.until(1)
    assert told["devices"][0]["tweaks"] == {"sound": "gong"}


async def test_an_invited_person_is_told_and_one_who_left_or_ignores_is_not(
    house: House, gateway: GatewayServer
) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await with_phone(ben, gateway)
    room_id = await ann.create_room(name="Cellar")
    (await ann.invite(room_id, ben.user_id)).ok()
    (told,) = await gateway.until(1)
    assert (told["type"], told["user_is_target"], told["room_name"]) == ("m.room.member", True, "Cellar")
    await ann.send(room_id, "Not for who is only invited")
    (await ben.join(room_id)).ok()
    await ann.send(room_id, "Hello")
    # Whoever comes in has read the invitation: the gateway may be told first that nothing is left to read.
    told = (await gateway.until(2))[1]
    if "event_id" not in told:
        told = (await gateway.until(3))[2]
    assert told["content"]["body"] == "Hello"
    ignored: dict[str, Any] = {"ignored_users": {ann.user_id: {}}}
    (await ben.put(f"/user/{ben.user_id}/account_data/m.ignored_user_list", ignored)).ok()
    await ann.send(room_id, "Ignored")
    await quiet(gateway, 2)
    (await ben.put(f"/user/{ben.user_id}/account_data/m.ignored_user_list", {"ignored_users": {}})).ok()
    (await ben.leave(room_id)).ok()
    await ann.send(room_id, "Gone")
    await quiet(gateway, 2)


async def test_who_is_locked_is_told_nothing(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    lock = Command(restrict, None, (ben.user_id, Restriction.LOCKED.value, True))
    await house.chappe.bus.call(REGISTER, lock)
    await ann.send(room_id, "Locked")
    await quiet(gateway, 0)
    unlock = Command(restrict, None, (ben.user_id, Restriction.LOCKED.value, False))
    await house.chappe.bus.call(REGISTER, unlock)
    await ann.send(room_id, "Unlocked")
    assert [one["content"]["body"] for one in await gateway.until(1)] == ["Unlocked"]


async def test_what_was_read_counts_no_more(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    await ann.send(room_id, "one")
    event_id = await ann.send(room_id, "two")
    assert [one["counts"]["unread"] for one in await gateway.until(2)][-1] == 2
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{event_id}")).ok()
    told = (await gateway.until(3))[2]
    assert told["counts"] == {}
    assert "event_id" not in told
    assert await house.chappe.database.fetch("SELECT * FROM notification") == []
    await ann.send(room_id, "three")
    assert (await gateway.until(4))[3]["counts"] == {"unread": 1}


async def test_what_is_muted_counts_no_more(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    other = await ann.create_room(preset="public_chat")
    (await ben.join(other)).ok()
    await with_phone(ben, gateway)
    await ann.send(room_id, "one")
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [ben.user_id]}}
    await ann.send(room_id, "ben!", **mention)
    await gateway.until(2)
    (await ben.put(f"/pushrules/global/room/{room_id}", {"actions": []})).ok()
    await ann.send(other, "elsewhere")
    assert (await gateway.until(3))[2]["counts"] == {"unread": 2}


async def test_a_gateway_that_fails_is_told_again_and_one_that_rejects_never(
    house: House, gateway: GatewayServer
) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    gateway.status = 502
    event_id = await ann.send(room_id, "Tea?")
    await gateway.until(3, requests=True)
    gateway.status = 200
    assert [one["event_id"] for one in await gateway.until(1)] == [event_id]
    gateway.answer = b'{"rejected":["key","another"]}'
    await ann.send(room_id, "Cake?")
    await gateway.until(2)
    await house.settle()
    await until(lambda: keys(ben), 0)
    await ann.send(room_id, "Nobody?")
    await quiet(gateway, 2)
    assert await house.chappe.database.fetch("SELECT * FROM notification") == []


async def test_of_many_that_wait_the_newest_are_told_and_nothing_very_late(
    house: House, gateway: GatewayServer
) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    gateway.status = 500
    for number in range(MAX_WAITING + 5):
        await ann.send(room_id, str(number))
    await until(lambda: house.chappe.database.fetch("SELECT * FROM notification"), MAX_WAITING + 5)
    await asyncio.sleep(0.3)
    gateway.status = 200
    told = await gateway.until(MAX_WAITING)
    assert [one["content"]["body"] for one in told] == [str(number) for number in range(5, MAX_WAITING + 5)]
    assert told[0]["counts"] == {"unread": MAX_WAITING + 5}
    gateway.status = 500
    before = gateway.requests
    await ann.send(room_id, "late")
    await gateway.until(before + 1, requests=True)
    house.clock.advance(GIVE_UP_MS / 1000 + 1)
    gateway.status = 200
    await quiet(gateway, MAX_WAITING)


async def test_a_redirect_or_nonsense_is_not_followed(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    gateway.status = 307
    gateway.headers = {"Location": gateway.url}
    await ann.send(room_id, "Tea?")
    await gateway.until(2, requests=True)
    assert gateway.told == []
    gateway.status, gateway.headers, gateway.answer = 200, {}, b"OK"
    await gateway.until(1)
    gateway.answer = b"[" * 1_000_000
    await ann.send(room_id, "Cake?")
    await gateway.until(2)


STRANGE: list[Any] = [
    {"body": 1},
    {"body": None, "m.mentions": []},
    {"body": "a" * 30_000, "m.mentions": {"user_ids": {"a": 1}, "room": "yes"}},
    {"body": {"body": ["tea"]}, "m.relates_to": "m.replace", "msgtype": []},
    {"m\\.mentions": {"room": True}, "": {"": {"": ""}}, "a.b": None},
]


async def test_strange_events_stop_nothing(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    conditions: list[Any] = [{"kind": "contains_display_name"}, {"kind": "x", "key": [], "is": {}, "value": {}}]
    keys = ("content", "content.body", "content.m\\.mentions.room", "...", "\\", "content.a\\.b", "")
    for kind in ("event_match", "event_property_is", "event_property_contains", "sender_notification_permission"):
        conditions += [{"kind": kind, "key": key, "pattern": "*", "value": None} for key in keys]
    for number, condition in enumerate(conditions):
        rule = {"actions": [], "conditions": [condition, {"kind": "room_member_count", "is": "77"}]}
        (await ben.put(f"/pushrules/global/override/r{number}", rule)).ok()
    states: list[tuple[str, Any]] = [("m.room.name", {"name": 1}), ("m.room.canonical_alias", {"alias": None})]
    for type, content in states:
        await ann.set_state(room_id, type, content)
    for number, content in enumerate(STRANGE):
        (await ann.put(f"/rooms/{room_id}/send/m.room.message/s{number}", content)).ok()
        (await ann.put(f"/rooms/{room_id}/send/org.example.{number}/s{number}", content)).ok()
    last = await ann.send(room_id, "Tea?")
    async with asyncio.timeout(10):
        while last not in [one.get("event_id") for one in gateway.told]:  # noqa: ASYNC110 — as above
            await asyncio.sleep(0.05)
    assert len([one for one in gateway.told if "content" not in one]) == 1  # the long one


async def test_a_restart_goes_on_where_the_process_ended(
    settings: Settings, open_database: Callable[[], "asyncio.Future[Database]"], gateway: GatewayServer
) -> None:
    house = House(await Chappe.open(settings, Clock(), await open_database()), Clock())
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    gateway.status = 500
    event_id = await ann.send(room_id, "Tea?")
    await gateway.until(1, requests=True)
    await house.close()
    gateway.status = 200
    house = House(await Chappe.open(settings, Clock(), await open_database()), Clock())
    try:
        assert [one["event_id"] for one in await gateway.until(1)] == [event_id]
        await quiet(gateway, 1)
    finally:
        await house.close()


async def test_what_was_told_is_not_told_again_after_a_restart(
    settings: Settings, open_database: Callable[[], "asyncio.Future[Database]"], gateway: GatewayServer
) -> None:
    """How far a gateway was told is stored with a later commit, at the latest with the last one."""
    house = House(await Chappe.open(settings, Clock(), await open_database()), Clock())
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    await ann.send(room_id, "Tea?")
    await ann.send(room_id, "Or coffee?")
    await gateway.until(2)
    await house.close()
    house = House(await Chappe.open(settings, Clock(), await open_database()), Clock())
    try:
        assert await house.chappe.database.fetch("SELECT user_id FROM pusher WHERE sent > 0") == [(ben.user_id,)]
        await quiet(gateway, 2)
    finally:
        await house.close()
