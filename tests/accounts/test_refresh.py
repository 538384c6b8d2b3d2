"""Access tokens that expire, and what renews them."""

import asyncio
from typing import Any

import pytest

from tests.accounts.conftest import Desk
from tests.house import Said

pytestmark = pytest.mark.anyio


async def refresh(desk: Desk, token: str) -> Said:
    return await desk.post("/refresh", {"refresh_token": token})


async def works(desk: Desk, answer: Any) -> bool:
    return (await desk.get("/account/whoami", token=answer["access_token"])).status == 200


async def test_an_expired_token_is_refused_softly_and_renewed(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True, device_id="PHONE")
    assert first["expires_in_ms"] == 3_600_000
    assert await works(desk, first)
    desk.clock.advance(3_601)
    said = await desk.get("/account/whoami", token=first["access_token"])
    assert (said.status, said.errcode, said.json["soft_logout"]) == (401, "M_UNKNOWN_TOKEN", True)
    second = (await refresh(desk, first["refresh_token"])).ok()
    assert (await desk.get("/account/whoami", token=second["access_token"])).ok()["device_id"] == "PHONE"


async def test_the_old_refresh_token_holds_until_the_new_tokens_are_used(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True)
    lost = (await refresh(desk, first["refresh_token"])).ok()
    second = (await refresh(desk, first["refresh_token"])).ok()  # the answer before was lost
    assert not await works(desk, lost)
    assert await works(desk, second)
    said = await refresh(desk, first["refresh_token"])
    assert (said.status, said.errcode) == (401, "M_UNKNOWN_TOKEN")
    assert not said.json["soft_logout"]
    assert not await works(desk, first)
    assert await works(desk, (await refresh(desk, second["refresh_token"])).ok())


async def test_using_the_new_refresh_token_ends_the_old_one_too(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True)
    second = (await refresh(desk, first["refresh_token"])).ok()
    third = (await refresh(desk, second["refresh_token"])).ok()
    assert (await refresh(desk, first["refresh_token"])).status == 401
    assert await works(desk, second)  # its first use, after the refresh, must not end the third
    assert await works(desk, third)


async def test_of_fifty_refreshes_one_pair_of_tokens_remains(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True)
    said = await asyncio.gather(*(refresh(desk, first["refresh_token"]) for _ in range(50)))
    answers = [one.ok() for one in said]
    assert [await works(desk, answer) for answer in answers].count(True) == 1
    assert (await refresh(desk, first["refresh_token"])).status == 401
    assert len(await desk.database.fetch("SELECT * FROM refresh_token")) == 1


async def test_of_fifty_first_uses_all_succeed(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True)
    second = (await refresh(desk, first["refresh_token"])).ok()
    assert all(await asyncio.gather(*(works(desk, second) for _ in range(50))))


async def test_what_is_no_refresh_token(desk: Desk) -> None:
    answer = await desk.register("alice", refresh_token=True)
    for token in ("", "x", "chr_YWxpY2U_" + "0" * 48, answer["access_token"]):
        assert (await refresh(desk, token)).errcode == "M_UNKNOWN_TOKEN"
    assert (await desk.post("/refresh", {})).errcode == "M_BAD_JSON"


async def test_logging_out_ends_the_refresh_token(desk: Desk) -> None:
    answer = await desk.register("alice", refresh_token=True)
    (await desk.post("/logout", {}, token=answer["access_token"])).ok()
    assert (await refresh(desk, answer["refresh_token"])).status == 401


async def test_without_asking_tokens_do_not_expire(desk: Desk) -> None:
    answer = await desk.register("alice")
    assert "refresh_token" not in answer
    assert "expires_in_ms" not in answer
    desk.clock.advance(10_000_000)
    assert await works(desk, answer)


async def test_a_token_first_used_while_its_owner_logs_out_everywhere_is_not_remembered(desk: Desk) -> None:
    first = await desk.register("alice", refresh_token=True)
    laptop = (await desk.log_in("alice")).ok()
    second = (await refresh(desk, first["refresh_token"])).ok()
    _, logged_out = await asyncio.gather(
        works(desk, second), desk.post("/logout/all", {}, token=laptop["access_token"])
    )
    assert logged_out.ok() == {}
    assert not await works(desk, second)
