"""What an engine must do, and how groups of units are flushed."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from chappe.errors import Errcode, Refused
from chappe.storage.dialect import Row
from chappe.storage.unit import Statement, StatementKind, Unit

MAX_GROUP_UNITS = 256
"""Units flushed together: bounds how long the statements of a group keep the loop busy."""

POSITION_BITS = 40


class Conflict(Exception):
    """A constraint did not hold: a write of one unit collides with what is stored."""


class EngineFailure(Exception):
    """The database cannot take this group (disk full, connection lost). Nothing of it was stored."""

    def refusal(self) -> Refused:
        """What every caller of the group is told."""
        return Refused(
            Errcode.UNAVAILABLE,
            f"This could not be stored: {self}. Nothing was saved; please try again.",
            retry_after_ms=5000,
        )


class Lost(Exception):
    """Another process owns the shard now (its epoch moved on)."""


class Database(ABC):
    """One engine with its connections. Reads show what is committed."""

    heads: list[int]
    """The last committed position of each shard, the register last."""

    @abstractmethod
    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """A point read: few rows, by index. Runs at once."""

    @abstractmethod
    async def scan(self, sql: str, *arguments: object) -> list[Row]:
        """A read of many rows: runs beside the loop, a few at a time."""

    @abstractmethod
    async def flush(self, group: Sequence[Unit]) -> "list[BaseException | None]":
        """Write and commit a group, in order. For each unit None (durable) or why not.

        Raises `EngineFailure` when none of the group was stored.
        """

    @abstractmethod
    async def execute_once(self, sql: str, *arguments: object) -> None:
        """One write with a commit of its own, before the first flush: at the start of a process."""

    @abstractmethod
    async def migrate(self, folders: Sequence[Path]) -> None:
        """Bring the schema to what the program needs: numbered files, checksummed, forward only."""

    async def until_lost(self) -> str:
        """Return when another process has come to own the shards, with what is known of it.

        Where only one can open the database at a time, that is never.
        """
        await asyncio.Event().wait()
        raise AssertionError

    @abstractmethod
    async def close(self) -> None:
        """End all connections."""

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row of a point read, or None."""
        rows = await self.fetch(sql, *arguments)
        return rows[0] if rows else None


class Positions:
    """Gives out positions while a group is flushed; what a failed unit took is given to the next one."""

    def __init__(self, heads: list[int]) -> None:
        self.heads = list(heads)
        self.moved: set[int] = set()
        """The shards in which a place was given out."""

    def take(self, unit: Unit) -> dict[int, int]:
        """Give every place of `unit` its value. Returns what to restore if the unit fails."""
        before: dict[int, int] = {}
        for future in unit.places:
            before.setdefault(future.shard, self.heads[future.shard])
            self.heads[future.shard] += 1
            self.moved.add(future.shard)
            future.value = (future.shard << POSITION_BITS) | self.heads[future.shard]
        return before

    def give_back(self, before: dict[int, int]) -> None:
        """Undo `take` of the unit that came last."""
        for shard, head in before.items():
            self.heads[shard] = head


def doomed_by(failed_keys: set[str], unit: Unit) -> bool:
    """Whether a unit was built on the queued state of a room whose earlier unit failed."""
    return bool(failed_keys) and not failed_keys.isdisjoint(unit.keys)


def keep_outcome(statement: Statement, rows: list[Row]) -> None:
    """Note what a statement returned. Raises why its unit is refused, where that is because it returned nothing."""
    assert statement.outcome is not None
    statement.outcome.rows = rows
    if statement.kind is StatementKind.CONDITIONAL:
        if not rows:
            raise statement.otherwise or Conflict(statement.sql)
        statement.outcome.row = rows[0]


def in_bulk(units: Sequence[Unit]) -> dict[str, list[Row]]:
    """The appends of all units, by statement, in order."""
    rows: dict[str, list[Row]] = {}
    for unit in units:
        for statement in unit.statements:
            if statement.kind is StatementKind.APPEND:
                rows.setdefault(statement.sql, []).append(statement.resolved())
    return rows


def ordered(unit: Unit) -> list[Statement]:
    """The statements of a unit that must run in order, within a savepoint."""
    return [s for s in unit.statements if s.kind is not StatementKind.APPEND]
