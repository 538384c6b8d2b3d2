"""Accounts that are limited, suspended, locked or terminated by a decision, and are not any more."""

from urllib.parse import quote

import pytest

from chappe.restrictions import Kind, Measure, Restriction
from tests.house import House, Person, Said
from tests.keys.publishing import Phone
from tests.restrictions.imposing import decided, restriction, reversed_

pytestmark = pytest.mark.anyio


def on(person: Person, measure: Measure, **more: object) -> Restriction:
    return restriction(Kind.ACCOUNT, person.user_id, measure, told={"contest": "https://x.example/c"}, **more)


async def test_a_limited_account_writes_where_it_is_and_meets_nobody_new(house: House) -> None:
    anna, bob, carl = [await house.person(name) for name in ("anna", "bob", "carl")]
    room_id = await anna.create_room(preset="public_chat")
    (await bob.join(room_id)).ok()
    knocked = await bob.create_room(initial_state=[{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}])
    limited = on(anna, Measure.LIMITED)
    await decided(house, limited)
    await anna.send(room_id, "hello")
    member = f"/rooms/{quote(room_id)}/state/m.room.member/{carl.user_id}"
    for said in (
        await anna.post("/createRoom", {"invite": [carl.user_id], "is_direct": True}),
        await anna.post(f"/rooms/{quote(room_id)}/upgrade", {"new_version": "12"}),
        await anna.invite(room_id, carl.user_id),
        await anna.put(member, {"membership": "invite"}),
        await anna.post(f"/knock/{quote(knocked)}", {}),
    ):
        assert (said.status, said.errcode) == (403, "ORG.CHAPPE.RESTRICTED")
        assert said.json["org.chappe.restricted"]["measure"] == "limited"
    await reversed_(house, limited)
    await anna.create_room(invite=[carl.user_id], is_direct=True)
    (await anna.invite(room_id, carl.user_id)).ok()


async def test_a_suspended_account_reads_and_is_told_why_it_may_do_no_more(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room()
    suspended = on(anna, Measure.SUSPENDED)
    await decided(house, suspended)
    said = await anna.put(f"/rooms/{quote(room_id)}/send/m.room.message/1", {"msgtype": "m.text", "body": "x"})
    assert (said.status, said.errcode) == (403, "M_USER_SUSPENDED")
    assert said.json["org.chappe.restricted"]["decision"] == suspended.decision
    assert "https://x.example/c" in said.json["error"]
    await anna.sync()
    await reversed_(house, suspended)
    await anna.send(room_id, "again")


async def test_a_locked_account_keeps_its_logins_for_later(house: House) -> None:
    anna = await house.person("anna")
    locked = on(anna, Measure.LOCKED)
    await decided(house, locked)
    said = await anna.get("/account/whoami")
    assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_USER_LOCKED", True)
    assert said.json["org.chappe.restricted"]["decision"] == locked.decision
    assert (await log_in(house, "anna")).errcode == "M_USER_LOCKED"
    await reversed_(house, locked)
    (await anna.get("/account/whoami")).ok()


async def log_in(house: House, name: str, device_id: str | None = None) -> Said:
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": house.PASSWORD}
    return await house.request("POST", "/login", body | ({"device_id": device_id} if device_id else {}))


async def test_a_terminated_account_is_out_everywhere_and_comes_back_with_all_it_had(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = await anna.create_room(name="Mine", invite=[bob.user_id])
    await anna.send(room_id, "before")
    (await anna.put("/profile/@anna:localhost/displayname", {"displayname": "Anna A."})).ok()
    phone = await anna.another_device()
    (await Phone(phone).upload()).ok()
    forged = Person(house, anna.user_id, anna.token[:-12] + "x" * 12, anna.device_id)
    terminated = on(anna, Measure.TERMINATED)
    await decided(house, terminated)
    for device in (anna, phone):
        said = await device.get("/sync")
        # Softly: a client that forgot its keys now could not read its past after a reversal.
        assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_UNKNOWN_TOKEN", True)
        assert said.json["org.chappe.restricted"]["decision"] == terminated.decision
    said = await forged.get("/sync")  # who never was logged in is told nothing about the account
    assert (said.status, said.json["soft_logout"], "org.chappe.restricted" in said.json) == (401, False, False)
    refused = await log_in(house, "anna")
    assert (refused.status, refused.errcode) == (403, "ORG.CHAPPE.RESTRICTED")
    assert (await log_in(house, "anna")).json["org.chappe.restricted"]["told"]["contest"] == "https://x.example/c"
    assert [m["state_key"] for m in await members(bob, room_id)] == ["@anna:localhost", "@bob:localhost"]
    await reversed_(house, terminated)
    for device in (anna, phone):
        (await device.get("/sync")).ok()
    assert {one["device_id"] for one in (await phone.get("/devices")).ok()["devices"]} >= {phone.device_id}
    kept = (await bob.post("/keys/query", {"device_keys": {anna.user_id: []}})).ok()["device_keys"]
    assert phone.device_id in kept[anna.user_id]
    await phone.send(room_id, "after")
    assert (await bob.get("/profile/@anna:localhost")).ok()["displayname"] == "Anna A."


async def members(person: Person, room_id: str) -> list[dict[str, str]]:
    (await person.join(room_id)).ok()
    found: list[dict[str, str]] = (await person.get(f"/rooms/{quote(room_id)}/members")).ok()["chunk"]
    return found


async def test_the_stricter_of_two_counts_and_one_lifted_leaves_the_other(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room()
    suspended, locked = on(anna, Measure.SUSPENDED), on(anna, Measure.LOCKED)
    await decided(house, suspended, locked)
    assert (await anna.get("/account/whoami")).errcode == "M_USER_LOCKED"
    await reversed_(house, locked)
    (await anna.get("/account/whoami")).ok()
    said = await anna.put(f"/rooms/{quote(room_id)}/send/m.room.message/1", {"msgtype": "m.text", "body": "x"})
    assert said.errcode == "M_USER_SUSPENDED"
    await reversed_(house, suspended)
    await anna.send(room_id, "again")


async def test_a_suspension_ends_at_its_time_for_a_login_that_is_in_use(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room()
    now = house.clock.ms
    await decided(house, on(anna, Measure.SUSPENDED, since=now + 60_000, until=now + 120_000))
    await anna.send(room_id, "before")
    house.clock.advance(61)
    send = f"/rooms/{quote(room_id)}/send/m.room.message"
    assert (await anna.put(f"{send}/1", {"msgtype": "m.text", "body": "x"})).errcode == "M_USER_SUSPENDED"
    house.clock.advance(61)
    (await anna.put(f"{send}/2", {"msgtype": "m.text", "body": "x"})).ok()
