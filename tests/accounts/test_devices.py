"""Devices, and user-interactive authentication, which removing one needs."""

import asyncio

import pytest

from tests.accounts.conftest import Desk, by_password

pytestmark = pytest.mark.anyio


async def test_devices_are_listed_and_named(desk: Desk) -> None:
    """getDevices, getDevice, updateDevice."""
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    unnamed = (await desk.get("/devices/PHONE", token=token)).ok()
    assert unnamed.keys() == {"device_id", "display_name", "last_seen_ip", "last_seen_ts"}
    assert unnamed["display_name"] is unnamed["last_seen_ip"] is None
    (await desk.put("/devices/PHONE", {"display_name": "Phone"}, token=token)).ok()
    (await desk.put("/devices/PHONE", {}, token=token)).ok()
    assert (await desk.get("/devices/PHONE", token=token)).ok()["display_name"] == "Phone"
    assert (await desk.get("/devices/NONE", token=token)).errcode == "M_NOT_FOUND"
    for body in ({"display_name": "x"}, {}):
        assert (await desk.put("/devices/NONE", body, token=token)).errcode == "M_NOT_FOUND"
    for name in ("x" * 256, "\u0000"):
        assert (await desk.put("/devices/PHONE", {"display_name": name}, token=token)).errcode == "M_INVALID_PARAM"


async def test_when_a_device_was_last_seen(desk: Desk) -> None:
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    before = (await desk.get("/devices/PHONE", token=token)).ok()["last_seen_ts"]
    desk.clock.advance(400)
    await desk.get("/account/whoami", token=token)
    await desk.writer.drain()
    assert (await desk.get("/devices/PHONE", token=token)).ok()["last_seen_ts"] >= before + 400_000


async def test_removing_a_device_needs_the_password(desk: Desk) -> None:
    """deleteDevice: with user-interactive authentication."""
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    other = (await desk.log_in("alice", device_id="LAPTOP")).ok()["access_token"]
    asked = await desk.delete("/devices/LAPTOP", token=token)
    assert asked.status == 401
    assert asked.json["flows"] == [{"stages": ["m.login.password"]}]
    session = asked.json["session"]
    wrong = await desk.delete("/devices/LAPTOP", {"auth": by_password("alice", "wrong password", session)}, token=token)
    assert (wrong.status, wrong.errcode, wrong.json["session"]) == (401, "M_FORBIDDEN", session)
    assert wrong.json["flows"] == [{"stages": ["m.login.password"]}]
    (await desk.delete("/devices/LAPTOP", {"auth": by_password("alice", session=session)}, token=token)).ok()
    assert (await desk.get("/account/whoami", token=other)).errcode == "M_UNKNOWN_TOKEN"
    (await desk.delete("/devices/LAPTOP", {"auth": by_password("alice")}, token=token)).ok()  # gone already


async def test_several_devices_at_once(desk: Desk) -> None:
    """deleteDevices: with user-interactive authentication."""
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    for name in ("A", "B", "C"):
        (await desk.log_in("alice", device_id=name)).ok()
    body = {"devices": ["A", "C", "NONE"], "auth": by_password("alice")}
    (await desk.post("/delete_devices", body, token=token)).ok()
    left = {d["device_id"] for d in (await desk.get("/devices", token=token)).ok()["devices"]}
    assert left == {"PHONE", "B"}
    for devices, errcode in (([""], "M_INVALID_PARAM"), ("A", "M_BAD_JSON"), (["x"] * 1_001, "M_TOO_LARGE")):
        said = await desk.post("/delete_devices", {"devices": devices, "auth": by_password("alice")}, token=token)
        assert said.errcode == errcode


async def test_someone_elses_password_does_not_do(desk: Desk) -> None:
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    await desk.register("bob")
    said = await desk.delete("/devices/PHONE", {"auth": by_password("bob")}, token=token)
    assert (said.status, said.errcode) == (401, "M_FORBIDDEN")
    for auth in ({"type": "m.login.dummy"}, {"type": "m.login.password"}, {"type": "nonsense\u0000"}, {"session": "x"}):
        assert (await desk.delete("/devices/PHONE", {"auth": auth}, token=token)).status == 401
    assert len((await desk.get("/devices", token=token)).ok()["devices"]) == 1


async def test_a_session_is_for_one_person_and_one_operation(desk: Desk) -> None:
    alice = (await desk.register("alice", device_id="PHONE"))["access_token"]
    bob = (await desk.register("bob", device_id="PHONE"))["access_token"]
    session = (await desk.delete("/devices/PHONE", token=alice)).json["session"]
    said = await desk.delete("/devices/PHONE", {"auth": by_password("bob", session=session)}, token=bob)
    assert said.status == 401
    assert said.json["session"] != session
    said = await desk.delete("/devices/OTHER", {"auth": by_password("alice", session=session)}, token=alice)
    assert said.status == 401
    assert said.json["session"] != session
    desk.clock.advance(901)
    said = await desk.delete("/devices/PHONE", {"auth": by_password("alice", session=session)}, token=alice)
    assert said.status == 401
    assert said.json["session"] != session


async def test_of_fifty_callers_one_uses_a_session(desk: Desk) -> None:
    token = (await desk.register("alice", device_id="PHONE"))["access_token"]
    session = (await desk.delete("/devices/NONE", token=token)).json["session"]
    body = {"auth": by_password("alice", session=session)}
    said = await asyncio.gather(*(desk.delete("/devices/NONE", body, token=token) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [401] * 49


async def test_the_body_may_not_change_once_a_stage_is_completed(desk: Desk) -> None:
    terms = '[{ name = "t", version = "1", language = "en", title = "T", url = "https://x.example/" }]'
    desk.configure(terms=terms)
    probe = await desk.post("/register", {})  # clients look at the flows first
    session = probe.json["session"]
    body = {"username": "alice", "password": "correct horse battery"}
    said = await desk.post("/register", {**body, "auth": {"type": "m.login.terms", "session": session}})
    assert said.json["completed"] == ["m.login.terms"]
    dummy = {"type": "m.login.dummy", "session": session}
    said = await desk.post("/register", {**body, "username": "mallory", "auth": dummy})
    assert (said.status, said.errcode) == (401, "M_FORBIDDEN")
    assert (await desk.post("/register", {**body, "auth": dummy})).ok()["user_id"] == "@alice:localhost"
