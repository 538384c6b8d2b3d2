"""What operators do to accounts is in the audit log, committed with it; what was refused is not."""

import pytest

from chappe.accounts.machine import Deactivate, Lock, Machine, Reset
from tests.accounts.conftest import Desk

pytestmark = pytest.mark.anyio

ADMIN = "/_chappe/admin/v1/accounts"
V1 = "/_matrix/client/v1/admin"
TOKENS = "/_synapse/admin/v1/registration_tokens"


async def recorded(desk: Desk) -> list[tuple[str, str, str]]:
    rows = await desk.database.fetch("SELECT act, actor, subject FROM audit_entry ORDER BY number")
    return [(row[0], row[1], row[2]) for row in rows]


async def test_every_act_on_an_account(desk: Desk) -> None:
    boss = await desk.operator()
    await desk.register("alice")
    alice = "@alice:localhost"
    for path, body in (
        (f"lock/{alice}", {"locked": True}),
        (f"lock/{alice}", {"locked": False}),
        (f"suspend/{alice}", {"suspended": True}),
        (f"suspend/{alice}", {"suspended": False}),
    ):
        (await desk.put(f"{V1}/{path}", body, token=boss)).ok()
    (await desk.post(f"{ADMIN}/{alice}/deactivate", {"erase": True}, token=boss)).ok()
    (await desk.post(f"{ADMIN}/{alice}/deactivate", {"erase": True}, token=boss)).ok()  # changes nothing
    names = ("locked", "unlocked", "suspended", "resumed", "ended")
    assert await recorded(desk) == [(f"account.{name}", "@boss:localhost", alice) for name in names]


async def test_applications_and_registration_tokens(desk: Desk) -> None:
    boss = await desk.operator()
    desk.configure(registration="approval")
    for name in ("ann", "ben"):
        await desk.register(name)
    (await desk.post(f"{ADMIN}/@ann:localhost/approve", {}, token=boss)).ok()
    (await desk.post(f"{ADMIN}/@ben:localhost/deny", {}, token=boss)).ok()
    (await desk.post(f"{TOKENS}/new", {"token": "a-long-secret-token"}, token=boss)).ok()
    (await desk.put(f"{TOKENS}/a-long-secret-token", {"uses_allowed": 3}, token=boss)).ok()
    (await desk.delete(f"{TOKENS}/a-long-secret-token", token=boss)).ok()
    acts = [(act, subject) for act, _, subject in await recorded(desk)]
    assert acts == [
        ("account.approved", "@ann:localhost"),
        ("account.denied", "@ben:localhost"),
        ("registration_token.made", "a-lo…"),
        ("registration_token.changed", "a-lo…"),
        ("registration_token.removed", "a-lo…"),
    ]


async def test_whoever_owns_the_machine_is_recorded_as_the_machine(desk: Desk) -> None:
    await desk.register("alice")
    machine = Machine(desk.bus, desk.database, desk.settings)
    for wish in (Lock("alice"), Lock("alice", locked=False), Reset("alice"), Deactivate("alice")):
        await machine.fulfil(wish)
    names = ("locked", "unlocked", "link_made", "ended")
    assert await recorded(desk) == [(f"account.{name}", "machine", "@alice:localhost") for name in names]


async def test_what_was_refused_is_not_recorded(desk: Desk) -> None:
    boss = await desk.operator()
    alice = (await desk.register("alice"))["access_token"]
    for token, path in ((alice, "@alice:localhost"), (boss, "@boss:localhost"), (boss, "@nobody:localhost")):
        assert (await desk.put(f"{V1}/lock/{path}", {"locked": True}, token=token)).status >= 400
        assert (await desk.post(f"{ADMIN}/{path}/deactivate", {}, token=token)).status >= 400
    assert (await desk.post(f"{TOKENS}/new", {"token": "x y"}, token=boss)).status == 400
    assert (await desk.delete(f"{TOKENS}/none", token=boss)).status == 404
    assert await recorded(desk) == []
