"""Locking and suspending: what each permits, at once, and over whom."""

import asyncio
from urllib.parse import quote

import pytest

from chappe.accounts.standing import WHILE_SUSPENDED
from chappe.app import all_routes
from chappe.ids import UserID
from tests.accounts.conftest import PASSWORD, Desk
from tests.house import House, Person

pytestmark = pytest.mark.anyio

SUSPEND = "/_matrix/client/v1/admin/suspend"
LOCK = "/_matrix/client/v1/admin/lock"


async def set_lock(desk: Desk, boss: str, user_id: str, locked: bool = True) -> None:
    assert (await desk.put(f"{LOCK}/{user_id}", {"locked": locked}, token=boss)).ok() == {"locked": locked}


async def test_a_locked_account_can_only_log_out(desk: Desk) -> None:
    """setAdminLockUser, getAdminLockUser: at once, also for tokens in memory; and it can be lifted."""
    boss = await desk.operator()
    alice = await desk.register("alice", refresh_token=True)
    token, other = alice["access_token"], (await desk.log_in("alice")).ok()["access_token"]
    (await desk.get("/account/whoami", token=token)).ok()
    assert (await desk.get(f"{LOCK}/@alice:localhost", token=boss)).ok() == {"locked": False}
    await set_lock(desk, boss, "@alice:localhost")
    assert (await desk.get(f"{LOCK}/@alice:localhost", token=boss)).ok() == {"locked": True}
    for said in (
        await desk.get("/account/whoami", token=token),
        await desk.get("/profile/@alice:localhost", token=token),
        await desk.log_in("alice"),
        await desk.post("/refresh", {"refresh_token": alice["refresh_token"]}),
    ):
        assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_USER_LOCKED", True)
    assert (await desk.log_in("alice", "a wrong password")).errcode == "M_FORBIDDEN"
    (await desk.post("/logout", {}, token=other)).ok()
    await set_lock(desk, boss, "@alice:localhost", False)
    (await desk.get("/account/whoami", token=token)).ok()
    assert (await desk.get("/account/whoami", token=other)).errcode == "M_UNKNOWN_TOKEN"


async def test_a_login_token_does_not_get_around_a_lock(desk: Desk) -> None:
    boss, alice = await desk.operator(), await desk.register("alice")
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "alice"}, "password": PASSWORD}
    path = "/_matrix/client/v1/login/get_token"
    token = (await desk.post(path, {"auth": auth}, token=alice["access_token"])).ok()["login_token"]
    await set_lock(desk, boss, "@alice:localhost")
    said = await desk.post("/login", {"type": "m.login.token", "token": token})
    assert (said.status, said.errcode) == (401, "M_USER_LOCKED")


@pytest.mark.parametrize(("path", "key"), [(LOCK, "locked"), (SUSPEND, "suspended")])
async def test_over_whom(desk: Desk, path: str, key: str) -> None:
    """getAdminSuspendUser, setAdminSuspendUser and the same of locks: who may, over whom, and in which order."""
    boss, other = await desk.operator(), await desk.operator("other")
    alice = (await desk.register("alice"))["access_token"]
    for user_id in ("@alice:localhost", "@nobody:localhost", "@alice:elsewhere"):
        for said in (
            await desk.get(f"{path}/{user_id}", token=alice),
            await desk.put(f"{path}/{user_id}", {key: True}, token=alice),
        ):
            assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    for user_id in ("@boss:localhost", "@other:localhost"):
        said = await desk.put(f"{path}/{user_id}", {key: True}, token=boss)
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await desk.get(f"{path}/@other:localhost", token=boss)).errcode == "M_FORBIDDEN"
    assert (await desk.put(f"{path}/@nobody:localhost", {key: True}, token=boss)).errcode == "M_NOT_FOUND"
    assert (await desk.put(f"{path}/@alice:elsewhere", {key: True}, token=boss)).errcode == "M_INVALID_PARAM"
    for body in ({}, {key: "yes"}, {key: None}):
        assert (await desk.put(f"{path}/@alice:localhost", body, token=boss)).status == 400
    (await desk.get("/account/whoami", token=other)).ok()


async def operator(house: House, name: str = "boss") -> Person:
    person = await house.person(name)
    await house.chappe.database.execute_once("UPDATE account SET is_operator = 1 WHERE user_id = $1", person.user_id)
    return person


async def test_a_suspended_person_reads_leaves_and_takes_no_part(house: House) -> None:
    """setAdminSuspendUser: M_USER_SUSPENDED for what is forbidden; the rest goes on."""
    boss, alice, ben = await operator(house), await house.person("alice"), await house.person("ben")
    room, other = await alice.create_room(invite=[ben.user_id]), await ben.create_room(preset="public_chat")
    (await ben.join(room)).ok()
    mine, his = await alice.send(room, "mine"), await ben.send(room, "his")
    (await boss.put(f"{SUSPEND}/{alice.user_id}", {"suspended": True})).ok()
    redact = f"/rooms/{quote(room)}/redact"
    for said in (
        await alice.put(f"/rooms/{quote(room)}/send/m.room.message/x", {"msgtype": "m.text", "body": "no"}),
        await alice.set_state(room, "m.room.name", {"name": "no"}),
        await alice.join(other),
        await alice.post(f"/knock/{quote(other)}"),
        await alice.invite(room, "@boss:localhost"),
        await alice.post("/createRoom"),
        await alice.put(f"/profile/{alice.user_id}/displayname", {"displayname": "no"}),
        await alice.put(f"{redact}/{his}/1", {}),
    ):
        assert (said.status, said.errcode) == (403, "M_USER_SUSPENDED"), said.text
    assert room in (await alice.sync())["rooms"]["join"]
    (await alice.get(f"/rooms/{quote(room)}/messages", dir="b")).ok()
    (await alice.put(f"{redact}/{mine}/2", {})).ok()
    (await alice.post("/keys/query", {"device_keys": {ben.user_id: []}})).ok()
    second = await alice.another_device()
    assert (await second.join(other)).errcode == "M_USER_SUSPENDED"
    (await alice.leave(room)).ok()
    (await boss.put(f"{SUSPEND}/{alice.user_id}", {"suspended": False})).ok()
    (await alice.join(other)).ok()


async def test_operators_are_told_that_they_may(house: House) -> None:
    """getCapabilities: m.account_moderation for operators, and nothing of it for others."""
    boss, alice = await operator(house), await house.person("alice")
    told = (await boss.get("/capabilities")).ok()["capabilities"]
    assert told["m.account_moderation"] == {"suspend": True, "lock": True}
    assert "m.account_moderation" not in (await alice.get("/capabilities")).ok()["capabilities"]


def test_what_a_suspended_person_may_do_names_existing_endpoints() -> None:
    assert {route.path for route in all_routes()} >= WHILE_SUSPENDED


async def test_requests_on_their_way_do_not_bring_a_lock_down(desk: Desk) -> None:
    """A token that is looked up while the lock is set is not remembered as it was before."""
    boss, token = await desk.operator(), (await desk.register("alice"))["access_token"]
    desk.tokens.forget(UserID("@alice:localhost"))
    await asyncio.gather(
        set_lock(desk, boss, "@alice:localhost"), *(desk.get("/account/whoami", token=token) for _ in range(20))
    )
    assert (await desk.get("/account/whoami", token=token)).errcode == "M_USER_LOCKED"
