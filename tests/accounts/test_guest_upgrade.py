"""A guest becomes a member: once, with the same name, and what a guest's token could do ends."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.accounts.conftest import PASSWORD, Desk

pytestmark = pytest.mark.anyio

DUMMY = {"type": "m.login.dummy"}


async def new_guest(desk: Desk) -> Any:
    return (await desk.request("POST", "/register", {}, query={"kind": "guest"})).ok()


def wish(guest: Any, **more: Any) -> dict[str, Any]:
    name = guest["user_id"][1:].partition(":")[0]
    return {
        "username": name,
        "password": PASSWORD,
        "guest_access_token": guest["access_token"],
        "auth": DUMMY,
        **more,
    }


async def test_a_guest_becomes_a_member(desk: Desk) -> None:
    """register with guest_access_token."""
    desk.configure(guest_access="true")
    guest = await new_guest(desk)
    member = (await desk.post("/register", wish(guest, device_id="PHONE"))).ok()
    assert member["user_id"] == guest["user_id"]
    me = (await desk.get("/account/whoami", token=member["access_token"])).ok()
    assert me == {"user_id": guest["user_id"], "device_id": "PHONE", "is_guest": False}
    devices = (await desk.get("/devices", token=member["access_token"])).ok()["devices"]
    assert [device["device_id"] for device in devices] == ["PHONE"]
    assert (await desk.get("/account/whoami", token=guest["access_token"])).errcode == "M_UNKNOWN_TOKEN"
    again = (await desk.log_in(guest["user_id"])).ok()
    assert (await desk.get("/account/3pid", token=again["access_token"])).status == 200
    assert (await desk.post("/register", wish(guest))).errcode == "M_FORBIDDEN"


async def test_the_same_device_stays(desk: Desk) -> None:
    desk.configure(guest_access="true")
    guest = await new_guest(desk)
    member = (await desk.post("/register", wish(guest, device_id=guest["device_id"]))).ok()
    assert (await desk.get("/account/whoami", token=guest["access_token"])).errcode == "M_UNKNOWN_TOKEN"
    assert (await desk.get("/account/whoami", token=member["access_token"])).ok()["device_id"] == guest["device_id"]


async def test_of_fifty_at_once_one_upgrades(desk: Desk) -> None:
    desk.configure(guest_access="true")
    guest = await new_guest(desk)
    said = await asyncio.gather(*(desk.post("/register", wish(guest, device_id=f"D{n}")) for n in range(50)))
    assert Counter(one.status for one in said) == {200: 1, 403: 49}
    rows = await desk.database.fetch("SELECT device_id FROM device WHERE user_id = $1", guest["user_id"])
    assert rows == [(next(one.json["device_id"] for one in said if one.status == 200),)]


async def test_only_ones_own_guest_and_by_the_servers_rules(desk: Desk) -> None:
    desk.configure(guest_access="true")
    guest, other, member = await new_guest(desk), await new_guest(desk), await desk.register("alice")
    for body, status, errcode in (
        (wish(guest, username=None), 400, "M_MISSING_PARAM"),
        (wish(guest, username="somebody"), 403, "M_FORBIDDEN"),
        (wish(guest) | {"guest_access_token": other["access_token"]}, 403, "M_FORBIDDEN"),
        (wish(guest) | {"guest_access_token": member["access_token"]}, 403, "M_FORBIDDEN"),
        (wish(guest) | {"guest_access_token": "nonsense"}, 403, "M_FORBIDDEN"),
        (wish(guest, password="short"), 400, "M_WEAK_PASSWORD"),
        (wish(guest, guest_access_token=7), 400, "M_BAD_JSON"),
    ):
        said = await desk.post("/register", body)
        assert (said.status, said.errcode) == (status, errcode), said.text
    desk.configure(guest_access="true", registration="closed")
    assert (await desk.post("/register", wish(guest))).errcode == "M_FORBIDDEN"
    desk.configure(guest_access="true", registration="token")
    assert (await desk.post("/register", wish(guest))).status == 401
    assert (await desk.get("/account/whoami", token=guest["access_token"])).ok()["is_guest"] is True


async def test_where_accounts_are_approved_the_guest_waits_too(desk: Desk) -> None:
    desk.configure(guest_access="true", registration="approval")
    guest = await new_guest(desk)
    assert (await desk.post("/register", wish(guest))).ok().keys() == {"user_id", "home_server"}
    assert (await desk.get("/account/whoami", token=guest["access_token"])).errcode == "M_UNKNOWN_TOKEN"
    assert (await desk.log_in(guest["user_id"])).errcode == "M_FORBIDDEN"
