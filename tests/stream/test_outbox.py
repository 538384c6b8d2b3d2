"""Effects in other shards: in order, once, and also after a crash."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Command, Device, Shard, Transaction, place
from tests.stream.conftest import ADD, Post

pytestmark = pytest.mark.anyio

TARGET = Shard(9)
LEFT = "SELECT COUNT(*) FROM outbox"


async def tell(tx: Transaction, device: Device | None, count: int, awaited: bool) -> str:
    tx.append(ADD, tx.place("!room:test"), f"source {count}", b"")
    tx.effect(TARGET, "add", f"effect {count}", awaited=awaited)
    return f"told {count}"


async def add_effect(tx: Transaction, device: Device | None, name: str) -> None:
    tx.append(ADD, tx.place("@user:test"), name, b"")


async def test_an_awaited_effect_is_applied_before_the_answer(post: Post) -> None:
    post.effects["add"] = add_effect
    assert await post.call(3, tell, 1, True) == "told 1"
    assert await post.names() == ["source 1", "effect 1"]


async def test_effects_of_one_source_are_applied_in_order(post: Post) -> None:
    post.effects["add"] = add_effect
    await asyncio.gather(*(post.call(3, tell, n, False) for n in range(100)))
    await post.outbox.drain()
    names = [name for name in await post.names() if name.startswith("effect")]
    assert names == [f"effect {n}" for n in range(100)]
    await post.writer.drain()
    assert (await post.database.fetch(LEFT))[0][0] == 0


async def test_what_a_crash_left_is_applied_once_at_the_next_start(
    open_post: Callable[[], Awaitable[Post]], engine: str
) -> None:
    first = await open_post()
    applied: list[str] = []

    async def never(tx: Transaction, device: Device | None, name: str) -> None:
        applied.append(name)
        raise Refused(Errcode.UNAVAILABLE, "The target is away.")

    first.effects["add"] = never
    await first.call(3, tell, 1, False)
    await first.call(3, tell, 2, False)
    await asyncio.sleep(0.05)
    assert applied
    await first.outbox.stop()
    await first.database.close()

    second = await open_post()
    second.effects["add"] = add_effect
    await second.outbox.recover()
    await second.outbox.drain()
    assert [n for n in await second.names() if n.startswith("effect")] == ["effect 1", "effect 2"]

    # The entry is removed lazily: a crash before that delivers it again, and it is recognised.
    await second.outbox.recover()
    await second.outbox.drain()
    assert [n for n in await second.names() if n.startswith("effect")] == ["effect 1", "effect 2"]


async def test_a_failing_effect_is_tried_again_until_it_holds(post: Post) -> None:
    tries = 0

    async def third_time(tx: Transaction, device: Device | None, name: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise RuntimeError("not yet")
        tx.append(ADD, tx.place("@user:test"), name, b"")

    post.effects["add"] = third_time
    await post.call(3, tell, 1, True)
    assert tries == 3
    assert await post.names() == ["source 1", "effect 1"]


async def test_an_effect_that_never_holds_keeps_no_other_shard_waiting(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    held = asyncio.Event()

    async def add(tx: Transaction, device: Device | None, name: str) -> None:
        if not held.is_set() and tx.shard == TARGET:
            raise RuntimeError("a mistake of ours")
        tx.append(ADD, tx.place("@user:test"), name, b"")

    async def tell_all(tx: Transaction, device: Device | None, number: int) -> None:
        tx.append(ADD, tx.place("!room:test"), f"source {number}", b"")
        for target in (TARGET, Shard(TARGET + 1)):
            tx.effect(target, "add", f"effect {number} in {target}")

    post.effects["add"] = add
    post.outbox.most_waiting_of_pair = 3
    everybody = Device(UserID("@anna:test"))
    for number in range(3):
        await post.bus.call(Shard(3), Command(tell_all, everybody, (number,)))
    # Only what would go behind those that stand still is refused.
    with pytest.raises(Refused, match="fallen behind"):
        await post.bus.call(Shard(3), Command(tell_all, everybody, (3,)))
    await post.bus.call(Shard(4), Command(tell_all, everybody, (4,)))
    beside = [f"effect {number} in {TARGET + 1}" for number in (0, 1, 2, 4)]
    while not set(beside) <= set(await post.names()):  # noqa: ASYNC110  # nothing announces it
        await asyncio.sleep(0)
    assert not any(name.endswith(f"in {TARGET}") for name in await post.names())
    assert post.outbox.failing == 2
    assert post.outbox.failures["add"] >= 2
    assert f"Effect add (place {place(Shard(3), 2)}, shard 3 to {TARGET}) is tried again" in caplog.text
    held.set()
    await post.outbox.drain()
    assert {f"effect {number} in {TARGET}" for number in (0, 1, 2, 4)} <= set(await post.names())
    assert post.outbox.failing == 0


async def test_recovery_ends_when_what_was_left_is_applied(open_post: Callable[[], Awaitable[Post]]) -> None:
    """Who repeats a request after a crash is answered at once, since it was done: its effects must be there by then."""
    first = await open_post()

    async def slow(tx: Transaction, device: Device | None, name: str) -> None:
        await asyncio.Event().wait()

    first.effects["add"] = slow
    await first.call(3, tell, 1, False)
    await first.outbox.stop()
    await first.database.close()

    second = await open_post()
    second.effects["add"] = add_effect
    await second.outbox.recover()
    assert await second.names() == ["source 1", "effect 1"]


async def test_applied_entries_go_although_a_unit_beside_them_fails(post: Post) -> None:
    """The group is then written a second time, every unit alone."""
    post.effects["add"] = add_effect

    async def add_twice(tx: Transaction, device: Device | None) -> None:
        for _ in range(2):
            tx.append(ADD, 1, "the same place", b"")

    await post.call(3, tell, 1, True)
    with pytest.raises(Refused):
        await post.call(4, add_twice)
    await post.writer.drain()
    assert (await post.database.fetch(LEFT))[0][0] == 0
    assert await post.names() == ["source 1", "effect 1"]


async def test_applied_entries_whose_removal_failed_go_with_the_next(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.effects["add"] = add_effect
    await post.call(3, tell, 1, True)
    post.writer.lazily(ADD, None, None, None)
    await post.writer.drain()
    assert (await post.database.fetch(LEFT))[0][0] == 1
    assert "2 writes that nobody waits for were not stored" in caplog.text
    await post.call(3, tell, 2, True)
    await post.writer.drain()
    assert (await post.database.fetch(LEFT))[0][0] == 0


async def test_who_finds_it_done_is_answered_when_the_effect_of_the_first_is_applied(post: Post) -> None:
    held = asyncio.Event()

    async def slow(tx: Transaction, device: Device | None, name: str) -> None:
        await held.wait()
        await add_effect(tx, device, name)

    async def again(tx: Transaction, device: Device | None, user_id: str) -> str:
        tx.after_effects(user_id)
        return "done before"

    async def tell_user(tx: Transaction, device: Device | None, user_id: str) -> None:
        tx.effect(user_id, "add", "effect")

    post.effects["add"] = slow
    await post.call(3, tell_user, "@user:test")
    repeats = [asyncio.create_task(post.call(3, again, "@user:test")) for _ in range(3)]
    _, waiting = await asyncio.wait(repeats, timeout=0.1)
    assert len(waiting) == 3
    assert await post.call(5, again, "@user:test") == "done before"  # another source has nothing on its way
    held.set()
    assert await asyncio.gather(*repeats) == ["done before"] * 3
    assert await post.names() == ["effect"]
    assert await post.call(3, again, "@user:test") == "done before"


async def test_an_effect_does_not_wait_for_one_that_stands_behind_it(post: Post) -> None:
    """A person and a room in one shard: leaving is an effect, and so is what the person's stream learns of it."""

    async def and_another(tx: Transaction, device: Device | None, name: str) -> None:
        await add_effect(tx, device, name)
        if name != "last":
            tx.effect(TARGET, "add", "last", awaited=True)

    post.effects["add"] = and_another
    assert await post.call(TARGET, tell, 1, True) == "told 1"
    await post.outbox.drain()
    assert await post.names() == ["source 1", "effect 1", "last"]
    assert post.outbox.failures.total() == 0
