"""Servers that a test backs up and restores, each with a data folder and a database of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from chappe.app import Chappe, schema_folders
from chappe.backup import Restored, Taken, restore_backup, take_backup
from chappe.config import Settings
from tests.conftest import empty_database, make_settings
from tests.house import Clock, House

NewPlace = Callable[[str], Awaitable[Settings]]


@pytest.fixture
async def new_place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[NewPlace]:
    """Makes settings with a data folder of that name, and with an empty database on the engine of the test."""
    async with contextlib.AsyncExitStack() as cleanup:

        async def make(name: str) -> Settings:
            storage = "sqlite"
            if engine == "postgres":
                address = request.getfixturevalue("postgres_address")
                storage = await cleanup.enter_async_context(empty_database(address))
            return make_settings(tmp_path / name, storage=storage)

        yield make


@contextlib.asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[House]:
    """The server in process on its own database, as long as the context lasts."""
    clock = Clock()
    house = House(await Chappe.open(settings, clock), clock)
    try:
        yield house
    finally:
        await house.close()


async def back_up(settings: Settings, to: Path, sealed: Path | None = None, *, media: bool = True) -> Taken:
    """Take a backup beside the loop, as another process does."""
    return await asyncio.to_thread(take_backup, settings, schema_folders(), to, sealed_to=sealed, with_media=media)


async def restore(
    settings: Settings, source: Path, sealed: Path | None = None, *, new_key: bool = False, force: bool = False
) -> Restored:
    """Put a backup back, beside the loop."""
    return await asyncio.to_thread(
        restore_backup,
        settings,
        schema_folders(),
        source,
        sealed=sealed,
        new_key=new_key,
        force=force,
        now_ms=1_700_000_000_000,
    )
