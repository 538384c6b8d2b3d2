"""What is known of an account's devices: for its owner, and for operators."""

import pytest

from tests.accounts.conftest import Desk

pytestmark = pytest.mark.anyio


async def test_who_is_told_of_devices(desk: Desk) -> None:
    """getWhoIs: the owner and operators; nobody else, and no word about who exists."""
    anna, bob, boss = await desk.register("anna"), await desk.register("bob"), await desk.operator()
    for token in (anna["access_token"], boss):
        told = (await desk.get("/admin/whois/@anna:localhost", token=token)).ok()
        assert told["user_id"] == "@anna:localhost"
        (connection,) = told["devices"][anna["device_id"]]["sessions"][0]["connections"]
        assert connection.keys() == {"last_seen"}
        assert connection["last_seen"] > 0
    for whom in ("anna", "nobody"):
        said = await desk.get(f"/admin/whois/@{whom}:localhost", token=bob["access_token"])
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
    assert (await desk.get("/admin/whois/@nobody:localhost", token=boss)).errcode == "M_NOT_FOUND"
    assert (await desk.get("/admin/whois/nobody", token=boss)).errcode == "M_INVALID_PARAM"
