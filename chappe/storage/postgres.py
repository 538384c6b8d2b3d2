"""PostgreSQL: one connection that flushes, a pool that reads.

While a process lives, it holds a lock of the database, and no other one starts on it. Should the lock have been lost
and another process have come: each flush begins by moving the heads of its shards under the epoch this process holds
them with, finds no row, and its group fails as a whole. Who reads only asks for the epoch now and then.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
from asyncpg.transaction import Transaction

from chappe.errors import InUse, Refused, StartupError
from chappe.storage.database import (
    Conflict,
    Database,
    EngineFailure,
    Lost,
    Positions,
    doomed_by,
    in_bulk,
    keep_outcome,
    ordered,
)
from chappe.storage.dialect import Row, postgres_sql
from chappe.storage.migrations import found_in, pending, statements_of
from chappe.storage.unit import Statement, Superseded, Unit

logger = logging.getLogger(__name__)

POOL_SIZE = 8
COMMAND_TIMEOUT_S = 30.0
RECONNECT_ATTEMPTS = 3
PATIENCE_S = 30.0
"""How long a start waits for the process before it to end: longer than that may take, and than it takes PostgreSQL to
find out that the machine of one has gone."""
ASK_EVERY_S = 0.25
"""How often it looks meanwhile."""
OWNER_ASKED_EVERY_S = 2.0
"""How often a process looks whether the shards are still its own: so long it may answer reads that are out of date."""
SESSION = {
    # A paused owner must neither commit late nor block the next one.
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "2s",
    # The lock of a machine that has gone is free after eleven seconds.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "synchronous_commit": "on",
    "application_name": f"chappe on {socket.gethostname()[:32]}, process {os.getpid()}",
}
_OF_THE_SERVER = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.TransactionRollbackError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)
"""Errors that concern every unit of a group; all others show that one unit does not hold."""

_BROKEN = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What is raised where a connection breaks, the last one in the middle of a statement."""

_MOVE = """
UPDATE shard SET head = moved.head, flushes = flushes + 1
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS head) AS moved
WHERE shard.id = moved.id AND shard.epoch = $3
RETURNING shard.id, shard.flushes
"""
_LOCK = "1667787888, hashtext(current_schema()) & 2147483647"
"""The advisory lock of whoever serves the tables of a schema: "chap", and which schema."""
_TAKE_LOCK = f"SELECT pg_try_advisory_lock({_LOCK})"
_HOLDER = """
SELECT application_name, client_addr, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND classid = 1667787888
AND objid::bigint = (hashtext(current_schema()) & 2147483647)
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class PostgresDatabase(Database):
    """The engine of several processes and machines; here with all shards owned by one process."""

    def __init__(
        self, dsn: str, *, patience_s: float = PATIENCE_S, owner_asked_every_s: float = OWNER_ASKED_EVERY_S
    ) -> None:
        self._dsn = dsn
        self._patience_s = patience_s
        self._owner_asked_every_s = owner_asked_every_s
        self._has_lock = False
        self._pool: asyncpg.Pool[Any] | None = None
        self._writer: asyncpg.Connection[Any] | None = None
        self._epoch = 0
        self._flushes: dict[int, int] = {}
        self.heads: list[int] = []

    async def open(self) -> None:
        """Connect; a server that cannot be reached is told with its address and no password."""
        try:
            self._writer = await self._connect()
            self._pool = await asyncpg.create_pool(
                self._dsn, min_size=1, max_size=POOL_SIZE, command_timeout=COMMAND_TIMEOUT_S
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise StartupError(
                f"PostgreSQL cannot be reached: {error}.",
                "Check the address, name and password in the setting `storage`, and that the server runs.",
            ) from error

    async def _connect(self) -> "asyncpg.Connection[Any]":
        connection = await asyncpg.connect(
            self._dsn, server_settings=SESSION, command_timeout=COMMAND_TIMEOUT_S, statement_cache_size=512
        )
        assert isinstance(connection, asyncpg.Connection)
        return connection

    async def migrate(self, folders: Sequence[Path]) -> None:
        writer = self._writer
        assert writer is not None
        try:
            await self._wait_for_lock(writer)
            await self._migrate(writer, folders)
            await self._take_shards(writer)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise StartupError(
                f"PostgreSQL cannot be brought up to date: {_in_words(error)}.",
                "Nothing was changed. Look into the log of PostgreSQL, then start again.",
            ) from error

    async def _wait_for_lock(self, writer: "asyncpg.Connection[Any]") -> None:
        """Be the only process on this database. One that is about to end is waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience_s
        told = ""
        while not await self._take_lock(writer):
            holder = await _holder(writer)
            if holder and holder != told:
                logger.warning("%s serves this database. Waiting until it ends, %d s at most", holder, self._patience_s)
                told = holder
            if loop.time() >= deadline:
                raise InUse(
                    f"This database is served by another process: {holder or told}.",
                    "Stop that one first, or give this one a database of its own with the setting `storage`.",
                )
            await asyncio.sleep(ASK_EVERY_S)

    async def _take_lock(self, writer: "asyncpg.Connection[Any]") -> bool:
        self._has_lock = bool(await writer.fetchval(_TAKE_LOCK))
        return self._has_lock

    async def _migrate(self, writer: "asyncpg.Connection[Any]", folders: Sequence[Path]) -> None:
        await writer.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)")
        applied = {row[0]: row[1] for row in await writer.fetch("SELECT name, checksum FROM migration")}
        for migration in pending(found_in(folders), applied):
            async with writer.transaction():
                for statement in statements_of(migration.sql):
                    await writer.execute(statement)
                await writer.execute("INSERT INTO migration VALUES ($1, $2)", migration.name, migration.checksum)

    async def _take_shards(self, writer: "asyncpg.Connection[Any]") -> None:
        """Become the owner of all shards: whoever held them before can no longer flush."""
        rows = await writer.fetch("UPDATE shard SET epoch = epoch + 1 RETURNING id, head, epoch, flushes")
        self._epoch = max(row[2] for row in rows)
        await writer.execute("UPDATE shard SET epoch = $1", self._epoch)
        self.heads = [row[1] for row in sorted(rows)]
        self._flushes = {row[0]: row[3] for row in rows}

    async def until_lost(self) -> str:
        assert self._pool is not None
        while True:
            await asyncio.sleep(self._owner_asked_every_s)
            try:
                if await self._pool.fetchval("SELECT MAX(epoch) FROM shard") > self._epoch:
                    return await _holder(self._pool) or "one that has ended since"
            except (asyncpg.PostgresError, *_BROKEN):
                continue  # it cannot be asked, and nobody can be told anything either

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        assert self._pool is not None
        try:
            rows: list[Row] = await self._pool.fetch(postgres_sql(sql), *arguments)
        except (asyncpg.PostgresConnectionError, *_BROKEN) as error:
            raise EngineFailure("the database cannot be reached").refusal() from error
        return rows

    scan = fetch

    async def execute_once(self, sql: str, *arguments: object) -> None:
        assert self._writer is not None
        await self._writer.execute(postgres_sql(sql), *arguments)

    async def flush(self, group: Sequence[Unit]) -> list[BaseException | None]:
        try:
            writer = await self._live_writer()
            try:
                return await self._attempt(writer, group, bulk=True)
            except asyncpg.PostgresError as error:
                if isinstance(error, _OF_THE_SERVER):
                    raise
                return await self._attempt(writer, group, bulk=False)
        except (asyncpg.PostgresError, Lost, *_BROKEN) as error:
            raise EngineFailure(_in_words(error)) from error

    async def _live_writer(self) -> "asyncpg.Connection[Any]":
        if self._writer is None or self._writer.is_closed():
            self._has_lock = False
            self._writer = await self._connect()
        if not self._has_lock:
            # PostgreSQL may not have noticed yet that our former connection is gone. It is the epoch that counts.
            await self._take_lock(self._writer)
        return self._writer

    async def _attempt(
        self, writer: "asyncpg.Connection[Any]", group: Sequence[Unit], *, bulk: bool
    ) -> list[BaseException | None]:
        positions = Positions(self.heads)
        transaction = writer.transaction()
        await transaction.start()
        try:
            results = await self._write(writer, group, positions, bulk=bulk)
            moved = await self._move(writer, group, positions)
        except BaseException:
            await _roll_back(writer, transaction)
            raise
        try:
            await transaction.commit()
        except (asyncpg.PostgresConnectionError, *_BROKEN):
            # Nobody may be answered before it is known whether this commit happened.
            if not await self._happened(moved):
                raise
        self._flushes.update(moved)
        self.heads = positions.heads
        return results

    async def _write(
        self, writer: "asyncpg.Connection[Any]", group: Sequence[Unit], positions: Positions, *, bulk: bool
    ) -> list[BaseException | None]:
        results: list[BaseException | None] = []
        failed_keys: set[str] = set()
        for unit in group:
            if doomed_by(failed_keys, unit):
                results.append(Superseded())
                continue
            before = positions.take(unit)
            failure = await self._write_unit(writer, ordered(unit) if bulk else unit.statements)
            if failure is not None:
                positions.give_back(before)
                failed_keys |= unit.keys
            results.append(failure)
        if bulk:
            held = [unit for unit, failure in zip(group, results, strict=True) if failure is None]
            for sql, rows in in_bulk(held).items():
                await writer.executemany(postgres_sql(sql), rows)
        return results

    async def _write_unit(
        self, writer: "asyncpg.Connection[Any]", statements: Sequence[Statement]
    ) -> BaseException | None:
        if not statements:
            return None
        try:
            async with writer.transaction():
                for statement in statements:
                    sql, arguments = postgres_sql(statement.sql), statement.resolved()
                    if statement.outcome is None:
                        await writer.execute(sql, *arguments)
                    else:
                        rows = await writer.fetch(sql, *arguments)
                        keep_outcome(statement, [tuple(row) for row in rows])
        except asyncpg.IntegrityConstraintViolationError as error:
            return Conflict(str(error))
        except _OF_THE_SERVER:
            raise
        except (Refused, Conflict, asyncpg.PostgresError) as error:  # nobody else's: the group goes on
            return error
        return None

    async def _move(
        self, writer: "asyncpg.Connection[Any]", group: Sequence[Unit], positions: Positions
    ) -> dict[int, int]:
        shards = sorted({unit.shard for unit in group} | {p.shard for unit in group for p in unit.places})
        rows = await writer.fetch(_MOVE, shards, [positions.heads[s] for s in shards], self._epoch)
        if len(rows) != len(shards):
            raise Lost("another process has taken over these rooms")
        return {row[0]: row[1] for row in rows}

    async def _happened(self, moved: dict[int, int]) -> bool:
        """Whether a commit whose answer was lost is in the database."""
        shard, flushes = next(iter(moved.items()))
        for attempt in range(RECONNECT_ATTEMPTS):
            try:
                writer = await self._live_writer()
                row = await writer.fetchrow("SELECT flushes, epoch FROM shard WHERE id = $1", shard)
            except (asyncpg.PostgresError, *_BROKEN):
                if self._writer is not None:
                    self._writer.terminate()
                await asyncio.sleep(0.2 * (attempt + 1))
                continue
            assert row is not None
            return bool(row[0] >= flushes and row[1] == self._epoch)
        return False

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
        if self._writer is not None and not self._writer.is_closed():
            await self._writer.close()


async def _roll_back(writer: "asyncpg.Connection[Any]", transaction: Transaction) -> None:
    """Undo what a group wrote. A connection on which even that fails is not used again."""
    if writer.is_closed():
        return
    try:
        await transaction.rollback()
    except (asyncpg.PostgresError, *_BROKEN):
        writer.terminate()


async def _holder(reads: "asyncpg.Connection[Any] | asyncpg.Pool[Any]") -> str:
    """The process that has the lock, for an operator to find it; nothing if there is none."""
    row = await reads.fetchrow(_HOLDER)
    if row is None:
        return ""
    name, address, since = row
    return f"{name or 'a process without a name'} ({address or 'on this machine'}), since {since:%Y-%m-%d %H:%M:%S %Z}"


def _in_words(error: BaseException) -> str:
    if isinstance(error, asyncpg.DiskFullError):
        return "the disk of the database is full"
    if isinstance(error, Lost):
        return str(error)
    if isinstance(error, (asyncpg.PostgresConnectionError, *_BROKEN)):
        return "the database cannot be reached"
    return f"the database said: {error}"
