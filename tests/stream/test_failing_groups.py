"""A group that cannot be stored: everyone in it is told, and the next one is stored as if nothing had been."""

import asyncio

import pytest

from chappe.errors import Errcode, Refused
from chappe.storage.sqlite import SQLiteDatabase
from chappe.stream import Device, Shard, Transaction
from tests.stream.conftest import ADD, Post

pytestmark = pytest.mark.anyio


async def add(tx: Transaction, device: Device | None, name: str) -> str:
    tx.append(ADD, tx.place("!room:test"), name, b"")
    return name


async def add_with_a_mistake(tx: Transaction, device: Device | None, name: str) -> None:
    tx.append(ADD, tx.place("!room:test"), name, b"")
    tx.effect(Shard(9), "add", object())


async def test_a_mistake_of_ours_in_one_group_does_not_reach_the_next(post: Post) -> None:
    for round in ("first", "second"):
        results = await asyncio.gather(
            post.call(7, add_with_a_mistake, "bad"), post.call(7, add, "beside"), return_exceptions=True
        )
        assert all(isinstance(one, Refused) and one.code is Errcode.UNAVAILABLE for one in results)
        assert await post.call(7, add, round) == round
    assert await post.names() == ["first", "second"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_disk_without_room_is_called_full(post: Post) -> None:
    """The engine's own limit of pages gives the error that a disk without room gives."""
    assert isinstance(post.database, SQLiteDatabase)
    await post.call(7, add, "before")
    writer = post.database._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count={pages}")
    results = await asyncio.gather(
        *(post.call(7, add, f"{number}" * 500) for number in range(50)), return_exceptions=True
    )
    for refused in results:
        assert isinstance(refused, Refused)
        assert refused.reason == "This could not be stored: the disk is full. Nothing was saved; please try again."
        assert refused.details == {"retry_after_ms": 5000}
    writer.execute(f"PRAGMA max_page_count={pages + 1_000}")
    await post.call(7, add, "after")
    assert await post.names() == ["before", "after"]
