"""PostgreSQL: one connection that flushes, a pool that reads.

Each flush begins by moving the heads of its shards under the epoch this process holds them with; a
process that lost its shards while it was paused finds no row and its group fails as a whole.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from chappe.errors import Refused, StartupError
from chappe.storage.database import (
    Conflict,
    Database,
    EngineFailure,
    Lost,
    Positions,
    doomed_by,
    in_bulk,
    ordered,
)
from chappe.storage.dialect import Row, postgres_sql
from chappe.storage.migrations import found_in, pending, statements_of
from chappe.storage.unit import Statement, StatementKind, Superseded, Unit

POOL_SIZE = 8
COMMAND_TIMEOUT_S = 30.0
RECONNECT_ATTEMPTS = 3
SESSION = {
    # A paused owner must neither commit late nor block the next one.
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "2s",
    "tcp_keepalives_idle": "5",
    "synchronous_commit": "on",
    "application_name": "chappe",
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

_MOVE = """
UPDATE shard SET head = moved.head, flushes = flushes + 1
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS head) AS moved
WHERE shard.id = moved.id AND shard.epoch = $3
RETURNING shard.id, shard.flushes
"""


class PostgresDatabase(Database):
    """The engine of several processes and machines; here with all shards owned by one process."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
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
            await self._migrate(writer, folders)
            await self._take_shards(writer)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise StartupError(
                f"PostgreSQL cannot be brought up to date: {_in_words(error)}.",
                "Nothing was changed. Look into the log of PostgreSQL, then start again.",
            ) from error

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

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        assert self._pool is not None
        try:
            rows: list[Row] = await self._pool.fetch(postgres_sql(sql), *arguments)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError) as error:
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
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, Lost) as error:
            raise EngineFailure(_in_words(error)) from error

    async def _live_writer(self) -> "asyncpg.Connection[Any]":
        if self._writer is None or self._writer.is_closed():
            self._writer = await self._connect()
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
            if not writer.is_closed():
                await transaction.rollback()
            raise
        try:
            await transaction.commit()
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError):
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
                    if statement.kind is not StatementKind.CONDITIONAL:
                        await writer.execute(sql, *arguments)
                        continue
                    row = await writer.fetchrow(sql, *arguments)
                    if row is None:
                        raise statement.otherwise or Conflict(statement.sql)
                    assert statement.outcome is not None
                    statement.outcome.row = tuple(row)
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
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
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


def _in_words(error: BaseException) -> str:
    if isinstance(error, asyncpg.DiskFullError):
        return "the disk of the database is full"
    if isinstance(error, Lost):
        return str(error)
    if isinstance(error, OSError | asyncpg.PostgresConnectionError | asyncpg.InterfaceError | TimeoutError):
        return "the database cannot be reached"
    return f"the database said: {error}"
