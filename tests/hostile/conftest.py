"""The attacked server, on either engine, one for all tests of a file."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from chappe.storage import Database
from chappe.storage.postgres import PostgresDatabase
from chappe.storage.sqlite import SQLiteDatabase
from tests.conftest import ENGINES, empty_database, make_settings
from tests.hostile.estate import SECRET, Estate
from tests.house import CHEAP, Clock, House


@asynccontextmanager
async def _furnished(engine: str, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[Estate]:
    from chappe.app import Chappe

    async with AsyncExitStack() as stack:
        database: Database
        if engine == "sqlite":
            database = SQLiteDatabase(folder / "chappe.db")
        else:
            address = request.getfixturevalue("postgres_address")
            database = PostgresDatabase(await stack.enter_async_context(empty_database(address)))
            await database.open()
        settings = make_settings(folder, registration_shared_secret=SECRET, guest_access="true")
        clock = Clock()
        chappe = await Chappe.open(settings, clock, database, CHEAP)
        estate = Estate(chappe, House(chappe, clock))
        try:
            await estate.furnish()
            yield estate
        finally:
            await estate.close()
            await database.close()


@pytest.fixture(scope="module")
async def estate(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    """The server on SQLite."""
    async with _furnished("sqlite", tmp_path_factory.mktemp("estate"), request) as estate:
        yield estate


@pytest.fixture(scope="module", params=ENGINES)
async def any_estate(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    """The server on each engine in turn."""
    async with _furnished(request.param, tmp_path_factory.mktemp("estate"), request) as estate:
        yield estate


@pytest.fixture(scope="module")
async def postgres_estate(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    """The server on PostgreSQL."""
    async with _furnished("postgres", tmp_path_factory.mktemp("estate"), request) as estate:
        yield estate
