"""The database: whether it is whole, whose it is, and whether this program knows its schema."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from chappe.doctor.finding import Finding, Look, bad, ok, warn

_HISTORY = "SELECT server_name FROM history"
_MIGRATIONS = "SELECT name, checksum FROM migration"
PROGRESS_STEPS = 100_000
CONNECT_SECONDS = 5.0


def check_database(look: Look) -> Iterator[Finding]:
    """Integrity, owner, schema."""
    if look.settings.storage != "sqlite":
        yield from _check_postgres(look)
        return
    path = look.settings.data_dir / "chappe.db"
    if not path.exists():
        yield warn("database", f"{path} is not there yet", "The first start makes it. Is this the right data_dir?")
        return
    try:
        yield from _check_sqlite(look, path)
    except sqlite3.Error as error:
        yield bad("database", f"{path} cannot be read: {error}", "Restore it from a backup, or give it its owner back.")


def _check_sqlite(look: Look, path: Path) -> Iterator[Finding]:
    address = f"{path.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)) as connection:
        connection.execute("PRAGMA query_only=ON")
        applied = dict(connection.execute(_MIGRATIONS))
        row = connection.execute(_HISTORY).fetchone()
        yield from _fitting(look, applied, row[0] if row else None)
        deadline = time.monotonic() + look.database_seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, PROGRESS_STEPS)
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            told = f"it is large: not read through within {look.database_seconds:.0f} s"
            yield warn("database", told, "Every backup reads all of it: look whether yours succeed.")
            return
    if found == "ok":
        yield ok("database", f"{path} is whole, {path.stat().st_size / 1024**2:.1f} MiB")
    else:
        mend = "Stop the server, look into the log of the system for failing disks, and restore a backup."
        yield bad("database", f"{path} is damaged: {found}", mend)


def _check_postgres(look: Look) -> Iterator[Finding]:
    import asyncpg  # an extra

    async def read() -> tuple[dict[str, str], str | None, str]:
        connection = await asyncpg.connect(look.settings.storage, timeout=CONNECT_SECONDS)
        try:
            applied = {row[0]: row[1] for row in await connection.fetch(_MIGRATIONS)}
            row = await connection.fetchrow(_HISTORY)
            return applied, row[0] if row else None, await connection.fetchval("SHOW server_version")
        finally:
            await connection.close()

    try:
        applied, server_name, version = asyncio.run(read())
    except asyncpg.UndefinedTableError:
        yield warn("database", "it is empty", "The first start fills it. Is this the right one?")
        return
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        yield bad("database", f"PostgreSQL cannot be reached: {error}", "Check `storage`, and that PostgreSQL runs.")
        return
    yield from _fitting(look, applied, server_name)
    yield ok("database", f"PostgreSQL {version} answers")


def _fitting(look: Look, applied: dict[str, str], server_name: str | None) -> Iterator[Finding]:
    if server_name is not None and server_name != look.settings.server_name:
        told = f"it belongs to {server_name}, and server_name is {look.settings.server_name}"
        yield bad("database", told, "Set server_name back: it cannot be changed.")
    unknown = sorted(name for name in applied if look.schema.get(name) != applied[name])
    missing = [name for name in look.schema if name not in applied]
    if unknown:
        yield bad("schema", f"a newer Chappe has changed it: {unknown[0]}", "Run that version, or restore a backup.")
    elif missing:
        yield warn(
            "schema", f"{len(missing)} changes are to come", "The next start applies them. Take a backup before."
        )
    else:
        yield ok("schema", f"up to date, {len(applied)} changes")
