"""One moment of a PostgreSQL database, table by table with COPY, and back in one transaction."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from chappe.backup import store
from chappe.backup.manifest import TABLES, Manifest, Table
from chappe.backup.saved import NewLine, Saved
from chappe.backup.sums import damaged
from chappe.errors import StartupError
from chappe.storage.migrations import Migration, found_in, statements_of

_CREATED = re.compile(r"\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)")
_MIGRATION_TABLE = "CREATE TABLE migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)"
_TABLES_THERE = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position
"""
_OTHERS = """
SELECT COUNT(*) FROM pg_stat_activity
WHERE (application_name = 'chappe' OR application_name LIKE 'chappe on %')
AND datname = current_database() AND pid <> pg_backend_pid()
"""


@contextlib.contextmanager
def save(address: str, folders: Sequence[Path], folder: Path) -> Iterator[Saved]:
    """Copy all tables as they are at one moment, while they are written to."""
    with asyncio.Runner() as runner:
        yield runner.run(_save(address, folders, folder))


async def _save(address: str, folders: Sequence[Path], folder: Path) -> Saved:
    (folder / TABLES).mkdir(mode=0o700)
    async with _connected(address) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        tables: dict[str, Table] = {}
        for name in await _own_tables(connection, folders):
            columns = [row[0] for row in await connection.fetch(_COLUMNS, name)]
            done = await connection.copy_from_table(
                name, output=folder / TABLES / f"{name}.copy", columns=columns, format="binary"
            )
            tables[name] = Table(columns, _rows(done))
        if "history" not in tables or not tables["history"].rows:
            raise StartupError("There is no Chappe in this database.", "Name it with --storage or --config.")
        history, server_name = await connection.fetchrow(store.HISTORY)
        migrations = {row[0]: row[1] for row in await connection.fetch(store.MIGRATIONS)}
        media = [(row[0], row[1]) for row in await connection.fetch(store.MEDIA_FILES)]
    return Saved(history, server_name, migrations, tables, media)


@contextlib.contextmanager
def loaded(
    address: str,
    folders: Sequence[Path],
    folder: Path,
    manifest: Manifest,
    line: NewLine,
    aside: str | None,
) -> Iterator[str]:
    """Put the tables back, and commit when the context ends well: until then nothing has changed.

    Tables that are there are moved into the schema `aside`; without one they are refused. The context's value tells
    what was done with them.
    """
    with asyncio.Runner() as runner:
        loading = _loaded(address, folders, folder, manifest, line, aside)
        told = runner.run(loading.__aenter__())
        try:
            yield told
        except BaseException as error:
            runner.run(loading.__aexit__(type(error), error, error.__traceback__))
            raise
        runner.run(loading.__aexit__(None, None, None))


@contextlib.asynccontextmanager
async def _loaded(
    address: str,
    folders: Sequence[Path],
    folder: Path,
    manifest: Manifest,
    line: NewLine,
    aside: str | None,
) -> AsyncIterator[str]:
    async with _connected(address) as connection, connection.transaction():
        if await connection.fetchval(_OTHERS):
            raise StartupError("A Chappe is running on this database.", "Stop it first.")
        there = await _own_tables(connection, folders)
        told, epoch = "", 0
        if there:
            if aside is None:
                raise StartupError(
                    "The database has tables of a Chappe already. Nothing was restored.",
                    "Name an empty one with --storage, or give --force, which moves those aside.",
                )
            epoch = await connection.fetchval(store.EPOCH) or 0 if "shard" in there else 0
            await _move_aside(connection, there, aside)
            told = f"What was in the database is in its schema {aside} now."
        await _create(connection, folders, manifest)
        await _fill(connection, folder, manifest)
        await connection.execute(store.NEW_HISTORY, line.history)
        await connection.execute(store.SPEND_ONE_TIME_KEYS, line.began_at)
        await connection.execute(store.NEW_EPOCH, max(epoch, await connection.fetchval(store.EPOCH)) + 1)
        yield told


async def _move_aside(connection: "asyncpg.Connection[Any]", tables: list[str], schema: str) -> None:
    await connection.execute(f"CREATE SCHEMA {schema}")
    for name in tables:
        await connection.execute(f"ALTER TABLE {name} SET SCHEMA {schema}")


async def _create(connection: "asyncpg.Connection[Any]", folders: Sequence[Path], manifest: Manifest) -> None:
    """The schema as it was when the backup was made; the server brings it up to date when it starts."""
    await connection.execute(_MIGRATION_TABLE)
    for migration in found_in(folders):
        if migration.name in manifest.migrations:
            for statement in statements_of(migration.sql):
                await connection.execute(statement)


async def _fill(connection: "asyncpg.Connection[Any]", folder: Path, manifest: Manifest) -> None:
    for name, table in manifest.tables.items():
        await connection.execute(f"DELETE FROM {name}")  # schema files fill some
        try:
            done = await connection.copy_to_table(
                name, source=folder / TABLES / f"{name}.copy", columns=table.columns, format="binary"
            )
        except asyncpg.DataError as error:
            raise damaged(folder / TABLES / f"{name}.copy", str(error)) from error
        if _rows(done) != table.rows:
            raise damaged(folder / TABLES / f"{name}.copy", "it has not as many rows as the manifest tells")


async def _own_tables(connection: "asyncpg.Connection[Any]", folders: Sequence[Path]) -> list[str]:
    """The tables of Chappe that are there: the schema may be shared with other programs."""
    own = {name for migration in found_in(folders) for name in _created(migration)} | {"migration"}
    return [row[0] for row in await connection.fetch(_TABLES_THERE) if row[0] in own]


def _created(migration: Migration) -> list[str]:
    return _CREATED.findall(migration.sql)


def _rows(done: str) -> int:
    """Of what COPY answers: `COPY 12`."""
    return int(done.rpartition(" ")[2])


@contextlib.asynccontextmanager
async def _connected(address: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    try:
        connection = await asyncpg.connect(address, server_settings={"application_name": "chappe backup"})
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError) as error:
        raise StartupError(f"PostgreSQL cannot be reached: {error}.", "Check the setting `storage`.") from error
    try:
        yield connection
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartupError(f"PostgreSQL said: {error}.", "Nothing was changed.") from error
    finally:
        await connection.close()
