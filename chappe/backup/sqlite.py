"""One moment of an SQLite database: out of a running server, and back into a folder."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from chappe.backup import store
from chappe.backup.manifest import DATABASE, Manifest
from chappe.backup.saved import NewLine, Saved
from chappe.backup.sums import damaged
from chappe.errors import StartupError
from chappe.storage.dialect import sqlite_sql
from chappe.storage.sqlite_errors import cannot_start

MANY = 10_000


@contextlib.contextmanager
def save(database: Path, folder: Path) -> Iterator[Saved]:
    """Copy the database as it is at one moment, while it is written to: readers do not stand in the writer's way."""
    if not database.is_file():
        raise StartupError(f"There is no database {database}.", "Name the data folder with --data-dir or --config.")
    try:
        target = _open(folder / DATABASE, "rwc")
        with contextlib.closing(target):
            with contextlib.closing(_open(database, "rw")) as source:
                source.execute("PRAGMA query_only=ON")
                source.backup(target)  # all pages in one go: in several it would begin anew at every commit
            target.execute("PRAGMA journal_mode=DELETE")
            _check(target, database)
            history, server_name = target.execute(store.HISTORY).fetchone()
            yield Saved(history, server_name, dict(target.execute(store.MIGRATIONS)), {}, _media(target))
    except sqlite3.Error as error:
        raise cannot_start(f"The database {database} cannot be copied", error) from error


def load(database: Path, manifest: Manifest, line: NewLine) -> None:
    """Turn the copy of a backup's database into one that a server can go on with."""
    try:
        with contextlib.closing(_open(database, "rw")) as connection:
            _check(connection, database)
            if dict(connection.execute(store.MIGRATIONS)) != manifest.migrations:
                raise damaged(database, "its schema is not the one that the manifest tells")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(sqlite_sql(store.NEW_HISTORY), (line.history,))
            connection.execute(sqlite_sql(store.SPEND_ONE_TIME_KEYS), (line.began_at,))
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise cannot_start("The database of the backup cannot be used", error) from error


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=30)


def _check(connection: sqlite3.Connection, database: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StartupError(f"The database {database} is damaged: {found}.", "Restore it from a backup that is whole.")


def _media(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    rows = connection.execute(store.MEDIA_FILES)
    while some := rows.fetchmany(MANY):
        yield from some
