"""What a device puts together from increments is what a fresh one is told: for stories made up at random.

A failing story is printed as a program, with the blob that repeats it (`@reproduce_failure`).
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chappe.storage import Database
from chappe.storage.postgres import PostgresDatabase
from chappe.storage.sqlite import SQLiteDatabase
from tests.conftest import empty_database, make_settings
from tests.invariants.world import DEVICES, PEOPLE, Op, World

who = st.integers(0, PEOPLE - 1)
phone = st.integers(0, PEOPLE * DEVICES - 1)
room = st.integers(0, 1)
visibility = st.sampled_from(["shared", "joined", "invited", "world_readable"])
preset = st.sampled_from(["public_chat", "private_chat", "trusted_private_chat"])
limit = st.sampled_from([1, 2, 5, 20, 0])
back = st.integers(0, 12)

create = st.tuples(
    st.just("create"), who, preset, visibility, st.lists(who, max_size=2), st.sampled_from([None, "Hall"])
)
member = st.tuples(
    st.just("member"),
    who,
    room,
    st.sampled_from(["join", "join", "leave", "invite", "kick", "ban", "unban", "forget"]),
    who,
)
send = st.tuples(st.just("send"), who, room, st.integers(1, 7), st.lists(who, max_size=2))
in_thread = st.tuples(st.just("relate"), who, room, back, st.just("m.thread"), st.lists(who, max_size=1))
refer = st.tuples(st.just("relate"), who, room, back, st.just("m.reference"), st.lists(who, max_size=1))
send_to_all = st.tuples(st.just("send"), who, room, st.integers(1, 3), st.none())
state = st.one_of(
    st.tuples(st.just("state"), who, room, st.just("m.room.name"), st.just(""), st.sampled_from([{}, {"name": "A"}])),
    st.tuples(st.just("state"), who, room, st.just("m.room.topic"), st.just(""), st.sampled_from([{"topic": "t"}, {}])),
    st.tuples(
        st.just("state"), who, room, st.just("org.x"), st.sampled_from("kl"), st.sampled_from([{"n": 1}, {"n": 2}])
    ),
    st.tuples(
        st.just("state"),
        who,
        room,
        st.just("m.room.history_visibility"),
        st.just(""),
        visibility.map(lambda value: {"history_visibility": value}),
    ),
    st.tuples(st.just("power"), who, room, who, st.sampled_from([0, 50, 100])),
)
redact = st.tuples(st.just("redact"), who, room, back)
receipt = st.tuples(
    st.just("receipt"),
    who,
    room,
    back,
    st.sampled_from(["m.read", "m.read.private"]),
    st.sampled_from([None, "main", "its own"]),
)
own = st.one_of(
    st.tuples(st.just("account_data"), who, st.none() | room, st.sampled_from(["a.b", "c.d"]), st.integers(0, 3)),
    st.tuples(st.just("profile"), who, st.sampled_from(["Ann", "Ben"])),
    st.tuples(st.just("typing"), who, room, st.booleans()),
)
anything = st.one_of(member, send, in_thread, state, redact, receipt, own)


class Story(RuleBasedStateMachine):
    """What people do, in any order, and devices that sync now and then."""

    world: World
    runner: asyncio.Runner

    failed = False

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            self.runner.run(coroutine)
        except BaseException:
            self.failed = True
            raise

    @initialize(op=create)
    def begin(self, op: Op) -> None:
        self.run(self.world.begin())
        self.run(self.world.do(op))

    @rule(op=create)
    def make_a_second_room(self, op: Op) -> None:
        if len(self.world.rooms) < 2:
            self.run(self.world.do(op))

    @rule(op=member)
    def change_a_membership(self, op: Op) -> None:
        self.run(self.world.do(op))

    @rule(op=send | send_to_all | in_thread | refer)
    def talk(self, op: Op) -> None:
        self.run(self.world.do(op))

    @rule(op=state | redact)
    def change_the_room(self, op: Op) -> None:
        self.run(self.world.do(op))

    @rule(op=receipt | own)
    def mark(self, op: Op) -> None:
        self.run(self.world.do(op))

    @rule(ops=st.lists(anything, min_size=2, max_size=6), phones=st.lists(phone, max_size=4))
    def do_much_at_once(self, ops: list[Op], phones: list[int]) -> None:
        self.run(self.world.do_all(ops, phones))

    @rule(phone=phone, limit=limit, lost=st.booleans(), full_state=st.booleans(), page=st.booleans())
    def sync(self, phone: int, limit: int, lost: bool, full_state: bool, page: bool) -> None:
        self.run(self.world.sync(phone, limit, lost=lost and page, full_state=full_state and page, page=page))

    @rule(limit=limit)
    def sync_all(self, limit: int) -> None:
        for number in range(PEOPLE * DEVICES):
            self.run(self.world.sync(number, limit, lost=False, full_state=False, page=True))

    @rule(sure=st.integers(0, 3))
    def restart(self, sure: int) -> None:
        if sure == 3:
            self.run(self.world.restart())

    def teardown(self) -> None:
        if self.world.phones and not self.failed:
            self.sync_all(5)


@contextlib.contextmanager
def story_on(engine: str, folder: Path, postgres_address: str) -> Iterator[type[Story]]:
    """Stories on one server, which lasts for all of them."""
    with asyncio.Runner() as runner:
        cleanup = contextlib.AsyncExitStack()
        dsn = runner.run(cleanup.enter_async_context(empty_database(postgres_address))) if engine == "postgres" else ""

        async def open_database() -> Database:
            if engine == "sqlite":
                return SQLiteDatabase(folder / "chappe.db")
            database = PostgresDatabase(dsn)
            await database.open()
            return database

        world = World(open_database, make_settings(folder))
        runner.run(world.open())
        try:
            yield type("Story", (Story,), {"world": world, "runner": runner})
        finally:
            runner.run(world.house.close())
            runner.run(cleanup.aclose())


def tell(story: type[Story], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )


@pytest.mark.slow
def test_increments_come_to_what_a_fresh_client_is_told(engine: str, tmp_path: Path, postgres_address: str) -> None:
    with story_on(engine, tmp_path, postgres_address) as story:
        tell(story, examples=15 if engine == "sqlite" else 10, steps=40)


@pytest.mark.soak
def test_the_same_for_very_many_stories(engine: str, tmp_path: Path, postgres_address: str) -> None:
    with story_on(engine, tmp_path, postgres_address) as story:
        tell(story, examples=2_000, steps=80)
