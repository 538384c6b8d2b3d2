"""Asking for an account: denied, too many at once, and counted."""

import pytest

from chappe.accounts import register
from tests.accounts.conftest import Desk
from tests.accounts.test_operators import TOKENS, body_with

pytestmark = pytest.mark.anyio

ACCOUNTS = "/_chappe/admin/v1/accounts"
STATISTICS = "/_chappe/admin/v1/statistics/registrations"


async def test_who_is_denied_leaves_no_trace(desk: Desk) -> None:
    boss = await desk.operator()
    terms = '[{ name = "t", version = "1", language = "en", title = "T", url = "https://x.example/" }]'
    desk.configure(registration="approval", terms=terms)
    session = (await desk.post("/register", {})).json["session"]
    body = {"username": "alice", "password": "correct horse battery"}
    await desk.post("/register", {**body, "auth": {"type": "m.login.terms", "session": session}})
    (await desk.post("/register", {**body, "auth": {"type": "m.login.dummy", "session": session}})).ok()
    path = f"{ACCOUNTS}/@alice:localhost/deny"
    assert (await desk.post(f"{ACCOUNTS}/@boss:localhost/deny", {}, token=boss)).errcode == "M_FORBIDDEN"
    (await desk.post(path, {}, token=boss)).ok()
    assert (await desk.post(path, {}, token=boss)).errcode == "M_NOT_FOUND"
    assert (await desk.log_in("alice")).errcode == "M_FORBIDDEN"
    assert await desk.database.fetch("SELECT * FROM accepted_terms") == []
    desk.configure(registration="open")
    await desk.register("alice")


async def test_no_more_wait_than_an_operator_can_look_at(desk: Desk) -> None:
    await desk.database.execute_once(
        "INSERT INTO account (user_id, created_at, is_guest, is_operator, approved) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) "
        "SELECT '@w' || i || ':localhost', 1, 0, 0, 0 FROM n",
        register.MAX_WAITING,
    )
    desk.configure(registration="approval")
    said = await desk.post(
        "/register", {"username": "late", "password": "correct horse battery", "auth": {"type": "m.login.dummy"}}
    )
    assert (said.status, said.errcode) == (403, "M_RESOURCE_LIMIT_EXCEEDED")


async def test_registrations_are_counted_by_day_and_token(desk: Desk) -> None:
    boss = await desk.operator()
    (await desk.post(f"{TOKENS}/new", {"token": "abc"}, token=boss)).ok()
    desk.configure(registration="token")
    for name in ("ann", "ben"):
        (await desk.post("/register", body_with("abc", name))).ok()
    desk.clock.advance(2 * 86_400)
    desk.configure(registration="approval")
    await desk.register("cy")
    told = (await desk.get(STATISTICS, token=boss)).ok()
    assert [(day["accounts"], day["waiting"]) for day in told["days"]] == [(3, 0), (1, 1)]
    assert told["tokens"] == {"abc": 2}
    assert [day["accounts"] for day in (await desk.get(STATISTICS, token=boss, days=1)).ok()["days"]] == [1]
    for days in (0, 367, "x"):
        assert (await desk.get(STATISTICS, token=boss, days=days)).errcode == "M_INVALID_PARAM"
    ann = (await desk.log_in("ann")).ok()["access_token"]
    assert (await desk.get(STATISTICS, token=ann)).errcode == "M_FORBIDDEN"
