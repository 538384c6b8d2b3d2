"""A server whose database another process has taken over says so, answers who waits, and ends with its own status."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.chaos.server import ServerProcess
from tests.conftest import empty_database

pytestmark = pytest.mark.anyio

IN_USE = 3


@pytest.fixture
async def dsn(postgres_address: str) -> AsyncIterator[str]:
    async with empty_database(postgres_address) as address:
        yield address


async def test_a_server_that_lost_its_database_ends(dsn: str, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, dsn)
    await server.start()
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE shard SET epoch = epoch + 1")
    status = await server.ended()
    await connection.close()
    assert status == IN_USE
    assert "Another process has taken over the database" in server.last_log()
    assert "nothing that it acknowledged is lost" in server.last_log()
    assert "Traceback" not in server.last_log()
    await server.start()
    await server.end()
