"""PostgreSQL: one process serves a database, the next one waits or is refused, and who lost it finds out."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chappe.errors import InUse
from chappe.storage import EngineFailure, StatementKind, Unit
from chappe.storage.postgres import PostgresDatabase
from chappe.storage.unit import Statement
from tests.conftest import empty_database
from tests.stream.conftest import FOLDERS

pytestmark = pytest.mark.anyio

OFTEN_S = 0.01


@pytest.fixture
async def dsn(postgres_address: str) -> AsyncIterator[str]:
    async with empty_database(postgres_address) as address:
        yield address


async def opened(dsn: str, *, patience_s: float = 30.0) -> PostgresDatabase:
    """A process's database, ready to be written to."""
    database = PostgresDatabase(dsn, patience_s=patience_s, owner_asked_every_s=OFTEN_S)
    await database.open()
    try:
        await database.migrate(FOLDERS)
    except BaseException:
        await database.close()
        raise
    return database


def a_write() -> Unit:
    unit = Unit(7)
    unit.statements.append(Statement(StatementKind.WRITE, "UPDATE ticket SET left_over = 0", ()))
    return unit


async def cut_off(dsn: str) -> None:
    """End every connection, as a restart of PostgreSQL does."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_second_process_is_refused_and_the_first_is_not_disturbed(dsn: str) -> None:
    first = await opened(dsn)
    with pytest.raises(InUse, match=f"served by another process: chappe on .*, process {os.getpid()} ") as refused:
        await opened(dsn, patience_s=0)
    assert "Stop that one first" in refused.value.remedy
    assert await first.flush([a_write()]) == [None]
    await first.close()
    second = await opened(dsn, patience_s=0)
    assert await second.flush([a_write()]) == [None]
    await second.close()


async def test_who_starts_while_another_ends_waits_for_it(dsn: str) -> None:
    first = await opened(dsn)
    second = asyncio.create_task(opened(dsn))
    assert await first.flush([a_write()]) == [None]
    assert not second.done()
    await first.close()
    await (await second).close()


async def test_who_lost_its_shards_finds_out_and_stores_nothing(dsn: str) -> None:
    first = await opened(dsn)
    lost = asyncio.create_task(first.until_lost())
    await cut_off(dsn)
    second = await opened(dsn)
    assert f"process {os.getpid()} " in await lost
    with pytest.raises(EngineFailure, match="another process has taken over"):
        await first.flush([a_write()])
    assert await second.flush([a_write()]) == [None]
    await first.close()
    await second.close()


async def test_who_was_only_cut_off_goes_on_and_still_keeps_others_out(dsn: str) -> None:
    first = await opened(dsn)
    lost = asyncio.create_task(first.until_lost())
    await cut_off(dsn)
    with contextlib.suppress(EngineFailure):  # unless it has noticed already
        await first.flush([a_write()])
    assert await first.flush([a_write()]) == [None]
    with pytest.raises(InUse):
        await opened(dsn, patience_s=0)
    assert not lost.done()
    lost.cancel()
    await first.close()
