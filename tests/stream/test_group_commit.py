"""Units of work: grouped, ordered, all or nothing."""

import asyncio
import threading
import time

import pytest

from chappe.errors import Errcode, Refused
from chappe.storage import Conflict
from chappe.stream import Device, Transaction, position_at
from chappe.stream.writer import MAX_GROUP_STATEMENTS
from tests.stream.conftest import ADD, NAMES, Post

pytestmark = pytest.mark.anyio

TAKE = "UPDATE ticket SET left_over = left_over - 1 WHERE name = $1 AND left_over > 0 RETURNING left_over"
GONE = Refused(Errcode.USER_IN_USE, "There is none left.")


async def add(tx: Transaction, device: Device | None, name: str) -> str:
    tx.append(ADD, tx.place("!room:test"), name, b"")
    return name


async def test_positions_count_up_without_gaps_in_the_order_of_the_calls(post: Post) -> None:
    answers = await asyncio.gather(*(post.call(7, add, f"n{i:03}") for i in range(300)))
    assert answers == [f"n{i:03}" for i in range(300)]
    rows = await post.database.fetch(NAMES)
    assert [position_at(row[0]) for row in rows] == list(range(1, 301))
    assert [row[1] for row in rows] == answers
    assert post.log.heads[7] == 300
    assert post.writer.flushes < 300, "callers at the same moment share a commit"


async def test_a_group_has_a_bounded_number_of_statements_however_many_a_unit_has(post: Post) -> None:
    async def add_many(tx: Transaction, device: Device | None, name: str, number: int) -> None:
        for at in range(number):
            tx.append(ADD, tx.place("!room:test"), f"{name} {at}", b"")

    large = MAX_GROUP_STATEMENTS // 4
    await asyncio.gather(*(post.call(7, add_many, f"n{i}", large) for i in range(9)))
    assert post.writer.flushes == 3, "four, four and one"
    await post.call(7, add_many, "larger than a group", MAX_GROUP_STATEMENTS + 1)
    assert len(await post.names()) == 9 * large + MAX_GROUP_STATEMENTS + 1


async def test_what_a_write_returns_is_there_after_the_commit(post: Post) -> None:
    """All its rows, however many; none is no refusal."""

    async def take(tx: Transaction, device: Device | None, *names: str) -> list[int]:
        for name in names:
            tx.execute("INSERT INTO ticket (name, left_over) VALUES ($1, 1)", name)
        outcome = tx.returning("UPDATE ticket SET left_over = left_over - 1 WHERE left_over > 0 RETURNING name")
        return lambda: sorted(row[0] for row in outcome.rows)  # type: ignore[return-value]

    assert await asyncio.gather(*(post.call(7, take, *names) for names in ((), ("a", "b"), ()))) == [[], ["a", "b"], []]


async def test_a_refused_unit_leaves_nothing_and_no_gap(post: Post) -> None:
    async def add_if_free(tx: Transaction, device: Device | None, name: str) -> str:
        tx.append(ADD, tx.place("!room:test"), name, b"")
        tx.execute("INSERT INTO ticket (name, left_over) VALUES ($1, 0)", "made by " + name)
        outcome = tx.conditional(TAKE, "seat", otherwise=GONE)
        return lambda: f"{name} with {outcome.row[0]} left"  # type: ignore[return-value]

    async def open_seats(tx: Transaction, device: Device | None, seats: int) -> None:
        tx.execute("INSERT INTO ticket (name, left_over) VALUES ('seat', $1)", seats)

    await post.call(7, open_seats, 3)
    answers = await asyncio.gather(*(post.call(7, add_if_free, f"n{i}") for i in range(50)), return_exceptions=True)
    held = [answer for answer in answers if isinstance(answer, str)]
    assert held == ["n0 with 2 left", "n1 with 1 left", "n2 with 0 left"]
    assert sum(isinstance(answer, Refused) and answer.code is Errcode.USER_IN_USE for answer in answers) == 47
    assert await post.names() == ["n0", "n1", "n2"]
    made = await post.database.fetch("SELECT name FROM ticket WHERE name LIKE 'made by %' ORDER BY name")
    assert [row[0] for row in made] == ["made by n0", "made by n1", "made by n2"]
    rows = await post.database.fetch(NAMES)
    assert [position_at(row[0]) for row in rows] == [1, 2, 3]


async def test_a_collision_costs_only_the_unit_that_collides(post: Post) -> None:
    await post.call(7, add, "taken")
    results = await asyncio.gather(*(post.call(7, add, name) for name in ("a", "taken", "b")), return_exceptions=True)
    assert results[0] == "a"
    assert results[2] == "b"
    assert isinstance(results[1], Refused), "it was tried again, and then its caller was told"
    assert await post.names() == ["taken", "a", "b"]


async def test_what_is_not_committed_is_not_seen(post: Post) -> None:
    seen: list[int] = []

    async def look_while_writing(tx: Transaction, device: Device | None) -> None:
        tx.append(ADD, tx.place("!room:test"), "mine", b"")
        seen.append(len(await tx.fetch(NAMES)))

    await post.call(7, look_while_writing)
    assert seen == [0]
    assert await post.names() == ["mine"]


async def test_readers_are_told_after_the_commit_and_see_what_they_are_told(post: Post) -> None:
    told: list[tuple[str, list[str]]] = []

    class Watching:
        def wake(self, key: str) -> None:
            told.append((key, []))

    post.log.watch("!room:test", Watching())
    await post.call(7, add, "first")
    assert [key for key, _ in told] == ["!room:test"]
    assert post.log.changed_since(7, 0) == {"!room:test"}  # type: ignore[arg-type]
    assert post.log.changed_since(7, 1) == set()  # type: ignore[arg-type]


async def test_a_busy_loop_does_not_starve_the_commit(post: Post) -> None:
    """Handlers that keep the loop busy all the time slow a commit by their own length, not by seconds."""
    stop = threading.Event()
    turns: list[None] = []

    async def keep_busy() -> None:
        while not stop.is_set():
            turns.append(None)
            until = time.perf_counter() + 0.002
            while time.perf_counter() < until:
                pass
            await asyncio.sleep(0)

    busy = [asyncio.create_task(keep_busy()) for _ in range(8)]
    took: list[int] = []
    try:
        for number in range(20):
            began = len(turns)
            await post.call(7, add, f"n{number}")
            took.append(len(turns) - began)
    finally:
        stop.set()
        await asyncio.gather(*busy)
    # A turn of the loop is 8 × 2 ms here. A commit takes some turns; a starved one took 21 s, which is 1,300.
    assert sorted(took)[len(took) // 2] < 8 * 100, took


async def test_values_an_engine_does_not_take_fail_alone(post: Post) -> None:
    async def add_oddly(tx: Transaction, device: Device | None, value: object) -> None:
        tx.execute(ADD, tx.place("!room:test"), value, b"")

    results = await asyncio.gather(
        post.call(7, add, "good"), post.call(7, add_oddly, {"a": "table"}), return_exceptions=True
    )
    assert results[0] == "good"
    assert isinstance(results[1], Exception)
    assert not isinstance(results[1], Conflict)
    assert await post.names() == ["good"]
