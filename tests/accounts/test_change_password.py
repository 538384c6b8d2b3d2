"""Changing the password, and ending the account."""

import pytest

from chappe.accounts import Deactivated
from chappe.ids import UserID
from chappe.stream import Transaction
from tests.accounts.conftest import Desk, by_password

pytestmark = pytest.mark.anyio

NEW = "another long password"


async def test_a_new_password_ends_the_other_logins(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    other = (await desk.log_in("alice")).ok()["access_token"]
    assert (await desk.get("/account/whoami", token=other)).status == 200
    body = {"new_password": NEW}
    assert (await desk.post("/account/password", body, token=token)).status == 401
    assert (await desk.log_in("alice", NEW)).status == 403
    (await desk.post("/account/password", {**body, "auth": by_password("alice")}, token=token)).ok()
    assert (await desk.get("/account/whoami", token=token)).status == 200
    assert (await desk.get("/account/whoami", token=other)).errcode == "M_UNKNOWN_TOKEN"
    assert (await desk.log_in("alice")).status == 403
    assert (await desk.log_in("alice", NEW)).status == 200


async def test_the_other_logins_can_stay(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    other = (await desk.log_in("alice")).ok()["access_token"]
    body = {"new_password": NEW, "logout_devices": False, "auth": by_password("alice")}
    (await desk.post("/account/password", body, token=token)).ok()
    assert (await desk.get("/account/whoami", token=other)).status == 200


async def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    token = (await desk.register("alice"))["access_token"]
    for body, errcode in (({"new_password": "short"}, "M_WEAK_PASSWORD"), ({}, "M_BAD_JSON")):
        said = await desk.post("/account/password", {**body, "auth": by_password("alice")}, token=token)
        assert said.errcode == errcode
    assert (await desk.post("/account/password", {"new_password": NEW})).errcode == "M_MISSING_TOKEN"


@pytest.mark.parametrize("erase", [False, True])
async def test_an_account_ends_for_good(desk: Desk, erase: bool) -> None:
    told: list[tuple[str, bool]] = []

    async def on_deactivated(tx: Transaction, user_id: UserID, erase: bool) -> None:
        told.append((user_id, erase))

    desk.resources.of(Deactivated).append(on_deactivated)
    token = (await desk.register("alice"))["access_token"]
    other = (await desk.log_in("alice")).ok()["access_token"]
    me = "@alice:localhost"
    (await desk.put(f"/profile/{me}/displayname", {"displayname": "Alice"}, token=token)).ok()
    (await desk.put(f"/user/{me}/account_data/org.example", {"a": 1}, token=token)).ok()
    assert (await desk.post("/account/deactivate", {}, token=token)).status == 401
    body = {"auth": by_password("alice"), "erase": erase}
    assert (await desk.post("/account/deactivate", body, token=token)).ok() == {"id_server_unbind_result": "success"}
    for dead in (token, other):
        assert (await desk.get("/account/whoami", token=dead)).errcode == "M_UNKNOWN_TOKEN"
    said = await desk.log_in("alice")
    assert (said.status, said.errcode) == (403, "M_USER_DEACTIVATED")
    assert (await desk.get(f"/profile/{me}")).errcode == "M_NOT_FOUND"
    assert (await desk.get("/register/available", username="alice")).errcode == "M_USER_IN_USE"
    assert await desk.database.fetch("SELECT password_hash FROM account") == [(None,)]
    assert await desk.database.fetch("SELECT * FROM profile") == []
    assert len(await desk.database.fetch("SELECT * FROM account_data")) == (0 if erase else 1)
    assert told == [(me, erase)]
