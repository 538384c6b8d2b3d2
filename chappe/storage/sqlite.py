"""SQLite: one file, one writer, readers beside it. WAL with `synchronous=FULL`.

A group's statements run on the event loop (about 10 µs each) and only `COMMIT`, which waits for the
disk, goes to a thread: a writer thread would be starved by a busy loop (measured: 21 s for 50 rows).
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from chappe.errors import InUse, Refused, StartupError
from chappe.storage.database import (
    Conflict,
    Database,
    EngineFailure,
    Positions,
    doomed_by,
    in_bulk,
    keep_outcome,
    ordered,
)
from chappe.storage.dialect import Row, sqlite_arguments, sqlite_schema, sqlite_sql
from chappe.storage.migrations import found_in, pending, statements_of
from chappe.storage.sqlite_errors import cannot_start, in_words
from chappe.storage.unit import Superseded, Unit

SCAN_THREADS = 2
PAGE_BYTES = 1024
"""A lone message changes seven pages, each written whole: a quarter of the usual size writes half as much, and
reads cost the same (benchmarks/RESULTS.md)."""
CACHE_KIB = 16_384
"""Pages each connection may keep; the operating system caches the file as well."""
CHECKPOINT_PAGES = 8_000
"""The write-ahead log is folded into the database about every 8 MB, within a COMMIT, off the loop."""
BUSY_TIMEOUT_S = 5.0

_OF_ONE_UNIT = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    OverflowError,
    UnicodeError,
)
"""Errors by which a single statement shows that its unit does not hold: a collision, a value it cannot take."""


class SQLiteDatabase(Database):
    """The engine of one machine. Opened once by one process, which holds a lock file beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = exclusive(path.with_suffix(".lock"))
        try:
            self._writer = self._connect()
            self._reader = self._connect()
        except sqlite3.Error as error:
            raise cannot_start(f"The database {path} cannot be opened", error) from error
        self._reader.execute("PRAGMA query_only=ON")
        self._committer = _Committer(self._writer)
        self._scanner = ThreadPoolExecutor(SCAN_THREADS, "scan")
        self._closed = False
        self._scan_connections: list[sqlite3.Connection] = []
        self.heads: list[int] = []

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S, cached_statements=512
        )
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What is erased is to be gone from the file, and not only from what can be asked for. Often the default.
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        return connection

    async def migrate(self, folders: Sequence[Path]) -> None:
        try:
            self._migrate(folders)
        except sqlite3.Error as error:
            self._roll_back()
            raise cannot_start(f"The database {self._path} cannot be brought up to date", error) from error
        self.heads = [head for (head,) in self._writer.execute("SELECT head FROM shard ORDER BY id")]

    def _migrate(self, folders: Sequence[Path]) -> None:
        writer = self._writer
        writer.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL) STRICT")
        applied = dict(writer.execute("SELECT name, checksum FROM migration").fetchall())
        for migration in pending(found_in(folders), applied):
            writer.execute("BEGIN IMMEDIATE")
            for statement in statements_of(sqlite_schema(migration.sql)):
                writer.execute(statement)
            writer.execute("INSERT INTO migration VALUES (?, ?)", (migration.name, migration.checksum))
            writer.execute("COMMIT")

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        return self._reader.execute(sqlite_sql(sql), sqlite_arguments(arguments)).fetchall()

    async def scan(self, sql: str, *arguments: object) -> list[Row]:
        return await asyncio.get_running_loop().run_in_executor(self._scanner, self._scan, sql, arguments)

    def _scan(self, sql: str, arguments: tuple[object, ...]) -> list[Row]:
        connection = self._scan_connections.pop() if self._scan_connections else self._connect()
        try:
            return connection.execute(sqlite_sql(sql), sqlite_arguments(arguments)).fetchall()
        finally:
            self._scan_connections.append(connection)

    async def execute_once(self, sql: str, *arguments: object) -> None:
        try:
            self._writer.execute(sqlite_sql(sql), arguments)
        except sqlite3.Error as error:
            raise cannot_start(f"The database {self._path} cannot be written", error) from error

    async def flush(self, group: Sequence[Unit]) -> list[BaseException | None]:
        positions = Positions(self.heads)
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                results = self._write(group, positions, bulk=True)
            except _OF_ONE_UNIT:
                # One of the bulk rows does not hold. Find out whose: every unit alone, in a savepoint.
                self._writer.execute("ROLLBACK")
                positions = Positions(self.heads)
                self._writer.execute("BEGIN IMMEDIATE")
                results = self._write(group, positions, bulk=False)
            self._advance(positions)
            await self._committer.commit()
        except Exception as error:
            self._roll_back()  # whatever it was: the next group must not begin within this one
            if isinstance(error, sqlite3.Error):
                raise EngineFailure(in_words(error)) from error
            raise
        self.heads = positions.heads
        return results

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # after some errors the engine has done it already
            self._writer.execute("ROLLBACK")

    def _write(self, group: Sequence[Unit], positions: Positions, *, bulk: bool) -> list[BaseException | None]:
        """Run all statements. `bulk`: appends of all units together at the end; else each with its unit."""
        results: list[BaseException | None] = []
        failed_keys: set[str] = set()
        for unit in group:
            if doomed_by(failed_keys, unit):
                results.append(Superseded())
                continue
            before = positions.take(unit)
            failure = self._write_unit(unit, bulk=bulk)
            if failure is not None:
                positions.give_back(before)
                failed_keys |= unit.keys
            results.append(failure)
        if bulk:
            held = [unit for unit, failure in zip(group, results, strict=True) if failure is None]
            for sql, rows in in_bulk(held).items():
                self._writer.executemany(sqlite_sql(sql), rows)
        return results

    def _write_unit(self, unit: Unit, *, bulk: bool) -> BaseException | None:
        """Run a unit's own statements within a savepoint. Returns why it does not hold, or None."""
        statements = ordered(unit) if bulk else unit.statements
        if not statements:
            return None
        execute = self._writer.execute
        execute("SAVEPOINT unit")
        try:
            for statement in statements:
                cursor = execute(sqlite_sql(statement.sql), sqlite_arguments(statement.resolved()))
                if statement.outcome is not None:
                    rows = cursor.fetchall()  # a cursor with rows left would keep the savepoint open
                    keep_outcome(statement, rows)
            execute("RELEASE unit")
        except sqlite3.IntegrityError as error:
            failure: BaseException = Conflict(str(error))
        except (Refused, Conflict, *_OF_ONE_UNIT) as error:  # nobody else's: the group goes on
            failure = error
        else:
            return None
        execute("ROLLBACK TO unit")
        execute("RELEASE unit")
        return failure

    def _advance(self, positions: Positions) -> None:
        for shard in positions.moved:
            self._writer.execute("UPDATE shard SET head = ? WHERE id = ?", (positions.heads[shard], shard))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._committer.stop()
        self._scanner.shutdown()
        for connection in (self._writer, self._reader, *self._scan_connections):
            connection.close()
        os.close(self._lock)


class _Committer:
    """One thread that waits for the disk. Leaner than an executor, since every send passes here."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._asked: SimpleQueue[asyncio.Future[None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="commit", daemon=True)
        self._thread.start()

    def commit(self) -> "asyncio.Future[None]":
        """COMMIT, in the thread. The future raises what it raised."""
        done = asyncio.get_running_loop().create_future()
        self._asked.put(done)
        return done

    def stop(self) -> None:
        """End the thread, after what it was asked for."""
        self._asked.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (done := self._asked.get()) is not None:
            error: sqlite3.Error | None = None
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error as failed:
                error = failed
            done.get_loop().call_soon_threadsafe(_finish, done, error)


def _finish(done: "asyncio.Future[None]", error: sqlite3.Error | None) -> None:
    if done.done():
        return  # whoever waited was cancelled
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def exclusive(path: Path) -> int:
    """Hold the lock file of a database: two processes on one file would each give out the same positions."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartupError(
            f"The data folder {path.parent} cannot be written: {error.strerror}.",
            "Give it to the user that runs Chappe, or choose another with data_dir.",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise InUse(
            f"Another Chappe is already running on the data folder {path.parent}.",
            "Stop it first, or start this one with another data_dir and port.",
        ) from error
    return descriptor
