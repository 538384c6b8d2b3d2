"""Servers of their own for tests that kill them."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess
from tests.conftest import empty_database


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """On SQLite; not started yet. Nothing of it is left running."""
    server = ServerProcess(tmp_path)
    yield server
    await server.close()


@pytest.fixture
async def server_on_either(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[ServerProcess]:
    """The same on each engine in turn. PostgreSQL itself is not killed."""
    async with contextlib.AsyncExitStack() as cleanup:
        storage = "sqlite"
        if engine == "postgres":
            storage = await cleanup.enter_async_context(empty_database(request.getfixturevalue("postgres_address")))
        server = ServerProcess(tmp_path, storage)
        yield server
        await server.close()
