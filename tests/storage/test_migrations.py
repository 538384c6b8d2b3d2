"""A database of an older version becomes one of today: forward only, nothing lost, nothing by half."""

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from chappe.app import schema_folders
from chappe.errors import StartupError
from chappe.storage import Database
from chappe.storage.migrations import found_in, pending, statements_of
from chappe.storage.sqlite import SQLiteDatabase

pytestmark = pytest.mark.anyio

Open = Callable[[], Awaitable[Database]]
VALUES = {"integer": 5, "bigint": 5, "blob": b"x", "bytea": b"x", "text": "x"}
ADDS = re.compile(
    r"CREATE (TABLE|INDEX|UNIQUE INDEX) \w+ .*"
    r"|ALTER TABLE \w+ ADD COLUMN \w+ \w+( NOT NULL DEFAULT \S+)?"
    r"|(WITH .*)?INSERT INTO \w+ .*",
    re.DOTALL,
)


def first_of_each(count: int, folder: Path) -> list[Path]:
    """The schema folders as they were when no slice had more than so many files."""
    older = []
    for schema in schema_folders():
        copy = folder / schema.parent.name / "schema"
        copy.mkdir(parents=True)
        for file in sorted(schema.glob("*.sql"))[:count]:
            shutil.copy(file, copy)
        older.append(copy)
    return older


async def columns_of(database: Database, engine: str) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Of every table its columns: type, whether it must be given, and its default."""
    if engine == "sqlite":
        sql = (
            'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value '
            "FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid"
        )
    else:
        sql = (
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, column_default::text "
            "FROM information_schema.columns WHERE table_schema = current_schema() "
            "ORDER BY table_name, ordinal_position"
        )
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    for table, column, *rest in await database.fetch(sql):
        found.setdefault(table, {})[column] = tuple(rest)
    return found


async def indexes_of(database: Database, engine: str) -> list[tuple[Any, ...]]:
    by_engine = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        "postgres": "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
    }
    return [tuple(row) for row in await database.fetch(by_engine[engine])]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_an_older_database_becomes_what_a_new_one_is_and_keeps_its_rows(
    open_database: Open, engine: str, tmp_path: Path, count: int
) -> None:
    database = await open_database()
    await database.migrate(first_of_each(count, tmp_path / "older"))
    before = await columns_of(database, engine)
    filled = [table for table in before if table not in ("migration", "shard", "ticket")]
    for table in filled:
        columns = before[table]
        values = [VALUES[kind.lower()] for kind, *_ in columns.values()]
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await database.execute_once(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", *values)
    await database.close()

    database = await open_database()
    await database.migrate(schema_folders())
    for table in filled:
        (row,) = await database.fetch(f"SELECT {', '.join(before[table])} FROM {table}")
        assert list(row) == [VALUES[kind.lower()] for kind, *_ in before[table].values()], table
    upgraded = await columns_of(database, engine), await indexes_of(database, engine)
    await database.migrate(schema_folders())  # a start with nothing to do changes nothing
    assert (await columns_of(database, engine), await indexes_of(database, engine)) == upgraded
    if engine == "sqlite":
        fresh = SQLiteDatabase(tmp_path / "fresh.db")
        await fresh.migrate(schema_folders())
        assert (await columns_of(fresh, engine), await indexes_of(fresh, engine)) == upgraded
        await fresh.close()
    assert len(upgraded[0]) > len(before) or any(len(upgraded[0][table]) > len(before[table]) for table in before)


def test_a_change_takes_nothing_away_from_a_version_that_still_reads() -> None:
    """Only tables, indexes, and columns that an older version need not know are added."""
    for migration in found_in(schema_folders()):
        for statement in statements_of(migration.sql):
            assert ADDS.fullmatch(statement), f"{migration.name}: {statement}"


@pytest.fixture
def folders(tmp_path: Path) -> Sequence[Path]:
    """The stream's schema, and that of a slice of the test."""
    things = tmp_path / "things" / "schema"
    things.mkdir(parents=True)
    (things / "0001_thing.sql").write_text("CREATE TABLE thing (name TEXT PRIMARY KEY);")
    (stream,) = [each for each in schema_folders() if each.parent.name == "stream"]
    return [stream, things]


async def test_a_change_that_fails_leaves_nothing_and_is_made_at_the_next_start(
    open_database: Open, engine: str, folders: Sequence[Path]
) -> None:
    database = await open_database()
    await database.migrate(folders)
    second = folders[1] / "0002_more.sql"
    second.write_text("CREATE TABLE more (name TEXT PRIMARY KEY); CREATE TABLE thing (name TEXT PRIMARY KEY);")
    with pytest.raises(StartupError, match="cannot be brought up to date"):
        await database.migrate(folders)
    assert "more" not in await columns_of(database, engine)
    await database.close()
    second.write_text("CREATE TABLE more (name TEXT PRIMARY KEY);")
    database = await open_database()
    await database.migrate(folders)
    assert "more" in await columns_of(database, engine)


async def test_an_older_version_does_not_start_on_a_newer_database(
    open_database: Open, engine: str, folders: Sequence[Path]
) -> None:
    database = await open_database()
    (folders[1] / "0002_more.sql").write_text("CREATE TABLE more (name TEXT PRIMARY KEY);")
    await database.migrate(folders)
    await database.close()
    (folders[1] / "0002_more.sql").unlink()
    database = await open_database()
    with pytest.raises(StartupError, match=r"newer Chappe: it has the schema change things/0002_more\.sql") as refused:
        await database.migrate(folders)
    assert "Start the newer version" in refused.value.remedy
    assert "more" in await columns_of(database, engine)


def test_a_file_that_was_edited_is_refused(folders: Sequence[Path]) -> None:
    applied = {migration.name: migration.checksum for migration in found_in(folders)}
    assert pending(found_in(folders), applied) == []
    (folders[1] / "0001_thing.sql").write_text("CREATE TABLE thing (name TEXT, size BIGINT);")
    with pytest.raises(StartupError, match=r"things/0001_thing\.sql differs"):
        pending(found_in(folders), applied)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_newer_version_waits_for_the_older_one_and_then_changes_the_schema(
    open_database: Open, engine: str, folders: Sequence[Path]
) -> None:
    older, newer = await open_database(), await open_database()
    await older.migrate(folders)
    (folders[1] / "0002_more.sql").write_text("CREATE TABLE more (name TEXT PRIMARY KEY);")
    starting = asyncio.create_task(newer.migrate(folders))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert not starting.done()
    await older.execute_once("INSERT INTO thing (name) VALUES ($1)", "written by the older one")
    assert "more" not in await columns_of(older, engine)
    await older.close()
    await starting
    assert "more" in await columns_of(newer, engine)
    assert [row[0] for row in await newer.fetch("SELECT name FROM thing")] == ["written by the older one"]
