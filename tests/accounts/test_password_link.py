"""The link with which a person chooses a password: once, announced, and ending every login."""

import asyncio

import httpx
import pytest

from chappe.accounts.password_link import LINK_MS, password_link
from chappe.ids import UserID
from tests.accounts.conftest import Desk, by_password

pytestmark = pytest.mark.anyio

PATH = "/_chappe/password"
ALICE = UserID("@alice:localhost")
NEW = "another good password"


async def code_for(desk: Desk, user_id: UserID = ALICE) -> str:
    return (await password_link(desk.bus, desk.settings, user_id)).partition("code=")[2]


async def choose(desk: Desk, code: str, password: str = NEW) -> httpx.Response:
    return await desk.client.post(PATH, data={"code": code, "password": password})


async def test_choosing_a_password_ends_every_login(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    code = await code_for(desk)
    told = (await desk.get(f"/user/{ALICE}/account_data/org.chappe.password_reset", token=token)).ok()
    assert told["until"] - told["asked_at"] == LINK_MS
    shown = await desk.client.get(PATH, params={"code": code}, headers={"Accept-Language": "fr"})
    assert shown.status_code == 200
    assert "Un nouveau mot de passe" in shown.text
    assert str(ALICE) in shown.text
    assert (await choose(desk, code, "short")).status_code == 400
    assert (await choose(desk, code)).status_code == 200
    assert (await desk.get("/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"
    assert (await desk.log_in("alice")).errcode == "M_FORBIDDEN"
    (await desk.log_in("alice", NEW)).ok()
    assert (await choose(desk, code)).status_code == 403


async def test_what_makes_a_link_void(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    first = await code_for(desk)
    second = await code_for(desk)
    assert (await choose(desk, first)).status_code == 403
    body = {"new_password": NEW, "auth": by_password("alice")}
    (await desk.post("/account/password", body, token=token)).ok()
    assert (await choose(desk, second, "the operator's choice")).status_code == 403
    third = await code_for(desk)
    desk.clock.advance(LINK_MS / 1000 + 1)
    assert (await choose(desk, third)).status_code == 403
    for nonsense in ("", "x", "é" * 500):
        assert (await choose(desk, nonsense)).status_code == 403
        assert (await desk.client.get(PATH, params={"code": nonsense})).status_code == 403


async def test_of_fifty_callers_one_uses_a_link(desk: Desk) -> None:
    await desk.register("alice")
    code = await code_for(desk)
    said = await asyncio.gather(*(choose(desk, code, f"{NEW} {n}") for n in range(50)))
    assert sorted(one.status_code for one in said) == [200] + [403] * 49
    winner = next(n for n, one in enumerate(said) if one.status_code == 200)
    (await desk.log_in("alice", f"{NEW} {winner}")).ok()
