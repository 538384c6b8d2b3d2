"""Where a log is read that is to be verified: an export, a file of SQLite, a PostgreSQL database. None is believed."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from chappe.audit.entry import COLUMNS, Entry, entry_of
from chappe.audit.tree import HASH_BYTES, Node
from chappe.errors import StartupError
from chappe.storage import Row

PAGE = 1_000

_ENTRIES = f"SELECT {COLUMNS} FROM audit_entry WHERE number >= $1 ORDER BY number LIMIT {PAGE}"
_NOTES = "SELECT note FROM audit_checkpoint ORDER BY size, origin"
_HASH = "SELECT hash FROM audit_hash WHERE id = $1"


class Unreadable(Exception):
    """A place of the log that cannot be read at all; the text says which."""


class Source(Protocol):
    """A log as somebody has it."""

    def entries(self, number: int = 0) -> Iterator[Entry]:
        """The entries from `number` on, by number. Raises `Unreadable`."""
        ...

    def node(self, node: Node) -> bytes | None:
        """The stored hash of a complete subtree, if there is one."""
        ...

    def notes(self) -> Iterator[bytes]:
        """The checkpoints, by size. Raises `Unreadable`."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SQLiteSource:
    """The log in a database file, which nothing is written to: that of a server that runs, or a copy of one."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise StartupError(f"There is no database {path}.", "Name the file chappe.db, or the folder of an export.")
        self._connection = _opened(path)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")

    def entries(self, number: int = 0) -> Iterator[Entry]:
        while page := self._fetch(_ENTRIES, number):
            for row in page:
                entry = entry_of(_tamed(row))
                yield entry
                number = entry.number + 1

    def node(self, node: Node) -> bytes | None:
        rows = self._fetch(_HASH, node.stored_at())
        return _hash(rows[0][0]) if rows else None

    def notes(self) -> Iterator[bytes]:
        for (note,) in self._fetch(_NOTES):
            yield note if isinstance(note, bytes) else b""

    def close(self) -> None:
        self._connection.close()

    def _fetch(self, sql: str, *arguments: object) -> list[Row]:
        try:
            return self._connection.execute(sql.replace("$", "?"), arguments).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise Unreadable(f"the database says: {error}") from error


def _opened(path: Path) -> sqlite3.Connection:
    """Read-only; a copy in a folder that cannot be written as well."""
    address, wrong = path.resolve().as_uri(), ""
    for how in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{address}?{how}", uri=True)
        try:
            connection.execute("SELECT 1 FROM audit_entry LIMIT 1")
        except sqlite3.Error as error:
            connection.close()
            wrong = str(error)
        else:
            return connection
    raise StartupError(f"{path} has no audit log that can be read: {wrong}.", "Name the database of a Chappe.")


def _tamed(row: Row) -> Row:
    """A row of a file that anybody may have made: values of other types than ours become empty ones."""
    numbers = [value if isinstance(value, int) else -1 for value in row[:2]]
    texts = [value if value is None or isinstance(value, str) else "" for value in row[2:]]
    blobs = [value if isinstance(value, bytes) else None for value in row[2:]]
    act = texts[0] or ""
    parts = [(texts[at], blobs[at + 1], blobs[at + 2] or b"") for at in (1, 4, 7)]
    return (*numbers, act, *(field for part in parts for field in part))


def _hash(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and len(value) == HASH_BYTES else None


class PostgresSource:
    """The log in a PostgreSQL database."""

    def __init__(self, address: str) -> None:
        import asyncpg  # an extra

        self._runner = asyncio.Runner()
        try:
            self._connection: Any = self._runner.run(asyncpg.connect(address))
        except (OSError, asyncpg.PostgresError, ValueError) as error:
            self._runner.close()
            raise StartupError(f"PostgreSQL cannot be reached: {error}.", "Check the address.") from error

    def entries(self, number: int = 0) -> Iterator[Entry]:
        while page := self._fetch(_ENTRIES, number):
            for row in page:
                entry = entry_of(row)
                yield entry
                number = entry.number + 1

    def node(self, node: Node) -> bytes | None:
        rows = self._fetch(_HASH, node.stored_at())
        return _hash(rows[0][0]) if rows else None

    def notes(self) -> Iterator[bytes]:
        for row in self._fetch(_NOTES):
            yield row[0]

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()

    def _fetch(self, sql: str, *arguments: object) -> list[Row]:
        return [tuple(row) for row in self._runner.run(self._connection.fetch(sql, *arguments))]
