"""A caller may stop waiting at any moment; what was queued for them is done all the same."""

import asyncio

import pytest

from chappe.stream import Device, Shard, Transaction
from tests.stream.conftest import ADD, Post

pytestmark = pytest.mark.anyio

TARGET = Shard(9)


async def tell(tx: Transaction, device: Device | None, count: int) -> None:
    tx.append(ADD, tx.place("@user:test"), f"source {count}", b"")
    tx.effect(TARGET, "add", f"effect {count}")


async def add_effect(tx: Transaction, device: Device | None, name: str) -> None:
    tx.append(ADD, tx.place("@user:test"), name, b"")


async def test_the_effect_of_a_caller_who_left_is_applied_before_those_that_come_after_it(post: Post) -> None:
    post.effects["add"] = add_effect
    leaving = asyncio.create_task(post.call(3, tell, 1))
    staying = asyncio.create_task(post.call(3, tell, 2))
    await asyncio.sleep(0)  # both are queued now
    leaving.cancel()
    await staying
    await post.outbox.drain()
    assert [name for name in await post.names() if name.startswith("effect")] == ["effect 1", "effect 2"]
