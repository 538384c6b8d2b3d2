"""Logging in by password and by login token, whoami, logging out."""

import asyncio

import pytest

from chappe.storage import Statement, StatementKind, Unit
from chappe.stream import shard_of
from tests.accounts.conftest import PASSWORD, Desk, by_password
from tests.house import Said

pytestmark = pytest.mark.anyio


async def test_the_ways_to_log_in(desk: Desk) -> None:
    """getLoginFlows."""
    flows = (await desk.get("/login")).ok()["flows"]
    assert {"type": "m.login.password"} in flows
    assert {"type": "m.login.token", "get_login_token": True} in flows


async def test_by_name_or_by_whole_user_id(desk: Desk) -> None:
    """login, getTokenOwner."""
    await desk.register("alice")
    for name in ("alice", "@alice:localhost", "Alice"):
        answer = (await desk.log_in(name)).ok()
        assert answer["user_id"] == "@alice:localhost"
        assert (await desk.get("/account/whoami", token=answer["access_token"])).status == 200
    old = {"type": "m.login.password", "user": "alice", "password": PASSWORD}
    assert (await desk.post("/login", old)).status == 200


REFUSED = [
    ({"type": "m.login.password", "password": PASSWORD}, 400, "M_MISSING_PARAM"),
    ({"type": "m.login.password", "user": "alice"}, 400, "M_MISSING_PARAM"),
    ({"type": "m.login.password", "identifier": {"type": "m.id.user"}, "password": "x"}, 400, "M_MISSING_PARAM"),
    ({"type": "m.login.password", "identifier": {"type": "m.id.phone"}, "password": "x"}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "alice", "password": "wrong password"}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "alice", "password": "x" * 600}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "nobody", "password": PASSWORD}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "a\u0000b", "password": PASSWORD}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "@alice:elsewhere", "password": PASSWORD}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.password", "user": "alice", "password": PASSWORD, "device_id": ""}, 400, "M_INVALID_PARAM"),
    ({"type": "m.login.sso"}, 400, "M_UNKNOWN"),
    ({"type": "m.login.token"}, 400, "M_MISSING_PARAM"),
    ({"type": "m.login.token", "token": "chl_YWxpY2U_" + "0" * 48}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.token", "token": "chl_"}, 403, "M_FORBIDDEN"),
    ({"type": "m.login.token", "token": "\u00e9" * 60}, 403, "M_FORBIDDEN"),
    ({}, 400, "M_BAD_JSON"),
]


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    await desk.register("alice", inhibit_login=True)
    for body, status, errcode in REFUSED:
        said = await desk.post("/login", body)
        assert (said.status, said.errcode) == (status, errcode), body
    assert await desk.database.fetch("SELECT * FROM device") == []


async def test_a_device_that_logs_in_again_keeps_its_name_and_loses_its_old_token(desk: Desk) -> None:
    first = await desk.register("alice", device_id="PHONE", initial_device_display_name="Phone")
    again = (await desk.log_in("alice", device_id="PHONE", initial_device_display_name="Other")).ok()
    said = await desk.get("/account/whoami", token=first["access_token"])
    assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_UNKNOWN_TOKEN", False)
    devices = (await desk.get("/devices", token=again["access_token"])).ok()["devices"]
    assert [(d["device_id"], d["display_name"]) for d in devices] == [("PHONE", "Phone")]


@pytest.mark.parametrize(
    "token",
    ["nonsense", "chp_YWxpY2U_" + "0" * 48, "chp_!_" + "0" * 48, "chp__" + "0" * 48, "chp_" + "A" * 900, "chr_x_y"],
)
async def test_an_unknown_token(desk: Desk, token: str) -> None:
    said = await desk.get("/account/whoami", token=token)
    assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_UNKNOWN_TOKEN", False)


async def test_without_a_token(desk: Desk) -> None:
    said = await desk.get("/account/whoami")
    assert (said.status, said.errcode) == (401, "M_MISSING_TOKEN")


async def test_logging_out_ends_this_login_only(desk: Desk) -> None:
    """logout: the other devices stay."""
    one = (await desk.register("alice"))["access_token"]
    two = (await desk.log_in("alice")).ok()["access_token"]
    for token in (one, two):  # both are in memory
        assert (await desk.get("/account/whoami", token=token)).status == 200
    (await desk.post("/logout", {}, token=one)).ok()
    assert (await desk.get("/account/whoami", token=one)).errcode == "M_UNKNOWN_TOKEN"
    assert len((await desk.get("/devices", token=two)).ok()["devices"]) == 1


async def test_logging_out_everywhere(desk: Desk) -> None:
    """logout_all: no device stays."""
    one = (await desk.register("alice"))["access_token"]
    two = (await desk.log_in("alice")).ok()["access_token"]
    (await desk.post("/logout/all", {}, token=one)).ok()
    for token in (one, two):
        assert (await desk.get("/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"


async def test_a_login_token_lets_one_device_in(desk: Desk) -> None:
    """generateLoginToken: for one device, once."""
    token = (await desk.register("alice"))["access_token"]
    path = "/_matrix/client/v1/login/get_token"
    asked = await desk.post(path, {}, token=token)
    assert asked.status == 401
    auth = by_password("alice", session=asked.json["session"])
    given = (await desk.post(path, {"auth": auth}, token=token)).ok()
    assert given["expires_in_ms"] == 120_000
    body = {"type": "m.login.token", "token": given["login_token"]}
    said = await asyncio.gather(*(desk.post("/login", body) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [403] * 49
    assert len((await desk.get("/devices", token=token)).ok()["devices"]) == 2
    assert (await desk.post(path, {"auth": auth}, token=token)).status == 401  # asked anew each time


async def test_a_login_token_holds_two_minutes(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    path = "/_matrix/client/v1/login/get_token"
    given = (await desk.post(path, {"auth": by_password("alice")}, token=token)).ok()
    desk.clock.advance(121)
    said = await desk.post("/login", {"type": "m.login.token", "token": given["login_token"]})
    assert (said.status, said.errcode) == (403, "M_FORBIDDEN")


async def test_guessing_is_limited_and_locks_nobody_out(desk: Desk) -> None:
    await desk.register("alice")
    desk.configure(rate_limits=True)
    said = [await desk.log_in("alice", "wrong password") for _ in range(11)]
    assert {one.status for one in said[:10]} == {403}
    assert said[-1].errcode == "M_LIMIT_EXCEEDED"
    desk.come_from("198.51.100.7")
    assert (await desk.log_in("alice")).status == 200


async def test_of_passwords_that_confirm_an_action_only_wrong_ones_count(desk: Desk) -> None:
    thief = (await desk.register("alice"))["access_token"]
    owner = (await desk.log_in("alice")).ok()["access_token"]
    desk.configure(rate_limits=True)

    async def confirm(token: str, password: str) -> Said:
        return await desk.post(
            "/delete_devices", {"devices": ["NONE"], "auth": by_password("alice", password)}, token=token
        )

    for _ in range(15):
        assert (await confirm(owner, PASSWORD)).status == 200
    said = await asyncio.gather(*(confirm(thief, "wrong password") for _ in range(30)))
    assert len([one for one in said if one.status == 401]) == 10
    assert {one.errcode for one in said if one.status != 401} == {"M_LIMIT_EXCEEDED"}
    assert (await confirm(owner, PASSWORD)).status == 200


async def test_the_thousandth_and_first_device_ends_the_one_silent_longest(desk: Desk) -> None:
    token = (await desk.register("alice", device_id="OLDEST"))["access_token"]
    rows = [("@alice:localhost", f"D{n:04}", None, desk.clock.now_ms()) for n in range(999)]
    unit = Unit(shard_of("@alice:localhost"))
    unit.statements = [
        Statement(StatementKind.WRITE, "INSERT INTO device VALUES ($1, $2, $3, $4, $4)", row) for row in rows
    ]
    await desk.writer.submit(unit)
    new = (await desk.log_in("alice", device_id="NEW")).ok()
    devices = (await desk.get("/devices", token=new["access_token"])).ok()["devices"]
    assert len(devices) == 1_000
    assert "OLDEST" not in {device["device_id"] for device in devices}
    assert (await desk.get("/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"
