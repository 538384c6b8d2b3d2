"""Ending accounts: by an operator, with what is erased, and what a hold puts off."""

import pytest

from chappe.holds import Holds, finish_all
from chappe.stream import Transaction
from tests.accounts.conftest import Desk, by_password

pytestmark = pytest.mark.anyio

ACCOUNTS = "/_chappe/admin/v1/accounts"
ALICE = "@alice:localhost"


async def with_things(desk: Desk) -> str:
    token = str((await desk.register("alice"))["access_token"])
    (await desk.put(f"/profile/{ALICE}/displayname", {"displayname": "Alice"}, token=token)).ok()
    (await desk.put(f"/user/{ALICE}/account_data/org.example.x", {"a": 1}, token=token)).ok()
    (await desk.post(f"/user/{ALICE}/filter", {"room": {}}, token=token)).ok()
    return token


async def left(desk: Desk) -> list[int]:
    tables = ("device", "access_token", "profile", "account_data", "filter")
    counts = []
    for table in tables:
        counts += [(await desk.database.fetch(f"SELECT COUNT(*) FROM {table} WHERE user_id = $1", ALICE))[0][0]]
    return counts


@pytest.mark.parametrize("erase", [False, True])
async def test_what_is_left_of_an_account(desk: Desk, erase: bool) -> None:
    """deactivateAccount: logins and the profile always go; account data and filters if they are to be erased."""
    token = await with_things(desk)
    (await desk.post("/account/deactivate", {"erase": erase, "auth": by_password("alice")}, token=token)).ok()
    assert await left(desk) == ([0, 0, 0, 0, 0] if erase else [0, 0, 0, 1, 1])
    assert (await desk.get("/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"


async def test_what_is_held_is_erased_when_the_hold_is_gone(desk: Desk) -> None:
    token = await with_things(desk)
    holds = desk.resources.of(Holds)

    async def held(tx: Transaction, kind: str, subject: str) -> bool:
        return subject == ALICE

    holds.checks.append(held)
    (await desk.post("/account/deactivate", {"erase": True, "auth": by_password("alice")}, token=token)).ok()
    assert await left(desk) == [0, 0, 1, 1, 1]
    assert (await desk.get(f"/profile/{ALICE}")).errcode == "M_NOT_FOUND"
    assert await finish_all(desk.bus, desk.database) == 0
    holds.checks.clear()
    assert await finish_all(desk.bus, desk.database) == 3
    assert await left(desk) == [0, 0, 0, 0, 0]
    assert await finish_all(desk.bus, desk.database) == 0


async def test_an_operator_ends_an_account(desk: Desk) -> None:
    boss, token = await desk.operator(), await with_things(desk)
    path = f"{ACCOUNTS}/{ALICE}/deactivate"
    assert (await desk.post(path, {}, token=token)).errcode == "M_FORBIDDEN"
    assert (await desk.post(f"{ACCOUNTS}/@boss:localhost/deactivate", {}, token=boss)).errcode == "M_FORBIDDEN"
    assert (await desk.post(f"{ACCOUNTS}/@nobody:localhost/deactivate", {}, token=boss)).errcode == "M_NOT_FOUND"
    for _ in range(2):
        (await desk.post(path, {"erase": True}, token=boss)).ok()
    assert await left(desk) == [0, 0, 0, 0, 0]
    assert (await desk.log_in("alice")).errcode == "M_USER_DEACTIVATED"
