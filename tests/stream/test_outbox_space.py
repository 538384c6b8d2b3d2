"""Effects that wait are bounded: while too many do, devices add no more. On both engines."""

import asyncio

import pytest

from chappe.errors import Refused
from chappe.ids import UserID
from chappe.stream import Command, Device, Shard, Transaction
from tests.stream.conftest import ADD, Post

pytestmark = pytest.mark.anyio

DEVICE = Device(UserID("@anna:test"))


async def tell(tx: Transaction, device: Device | None, count: int) -> None:
    tx.append(ADD, tx.place("!room:test"), f"source {count}", b"")
    tx.effect(Shard(9), "add", count)


async def say(tx: Transaction, device: Device | None) -> None:
    tx.append(ADD, tx.place("!room:test"), "without effect", b"")


async def test_devices_wait_until_effects_are_applied(post: Post) -> None:
    opened = asyncio.Event()

    async def add(tx: Transaction, device: Device | None, count: int) -> None:
        await opened.wait()
        tx.append(ADD, tx.place("@user:test"), f"effect {count}", b"")
        if count < 10:
            tx.effect(Shard(9), "add", count + 10)

    post.effects["add"] = add
    post.outbox.most_waiting = 5
    for count in range(5):
        await post.bus.call(Shard(3), Command(tell, DEVICE, (count,)))
    with pytest.raises(Refused) as refused:
        await post.bus.call(Shard(3), Command(tell, DEVICE, (5,)))
    assert refused.value.status == 503
    assert "source 5" not in await post.names()
    await post.bus.call(Shard(3), Command(say, DEVICE, ()))  # what has no effects goes on
    await post.bus.call(Shard(3), Command(tell, None, (6,)))  # and so does what the server itself does
    opened.set()
    await post.outbox.drain()
    applied = {name for name in await post.names() if name.startswith("effect")}
    assert applied == {f"effect {count + more}" for count in (0, 1, 2, 3, 4, 6) for more in (0, 10)}
    await post.bus.call(Shard(3), Command(tell, DEVICE, (7,)))
