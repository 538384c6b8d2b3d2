"""A bus with writer and outbox on either engine, and a table to write to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Command, InProcessBus, Log, Outbox, Shard, Writer
from tests.house import Clock

FOLDERS = [
    Path(__file__).parents[2] / "chappe" / "stream" / "schema",
    Path(__file__).parent / "things" / "schema",
]

ADD = "INSERT INTO thing (place, name, body) VALUES ($1, $2, $3)"
NAMES = "SELECT place, name FROM thing ORDER BY place"


class Post:
    """The stream of one process, with acts as a test gives them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.log = Log(database.heads, "history")
        self.writer = Writer(database, self.log)
        self.effects: dict[str, Callable[..., Awaitable[object]]] = {}
        self.outbox = Outbox(database, self.writer, self.effects)
        self.bus = InProcessBus(database, self.writer, self.outbox, Clock(), Resources())

    async def call(self, shard: int, act: Callable[..., Awaitable[object]], *arguments: object) -> Any:
        return await self.bus.call(Shard(shard), Command(act, None, arguments))

    async def names(self) -> list[str]:
        return [row[1] for row in await self.database.fetch(NAMES)]

    async def stop(self) -> None:
        await self.outbox.stop()
        await self.writer.drain()


@pytest.fixture
async def open_post(open_database: Callable[[], Awaitable[Database]]) -> AsyncIterator[Callable[[], Awaitable[Post]]]:
    """Starts a process on the test's database; a second one finds what the first committed."""
    started: list[Post] = []

    async def start() -> Post:
        database = await open_database()
        await database.migrate(FOLDERS)
        started.append(Post(database))
        return started[-1]

    yield start
    for post in started:
        await post.stop()


@pytest.fixture
async def post(open_post: Callable[[], Awaitable[Post]]) -> Post:
    return await open_post()
