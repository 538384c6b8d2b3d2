"""All the SQL of clocks. Everything is in the register."""

from typing import Protocol

import msgspec

from chappe.errors import Refused
from chappe.storage import Row
from chappe.stream import Transaction


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


class Clock(msgspec.Struct, frozen=True):
    """A clock that runs, or did. Times are milliseconds since 1970."""

    id: str
    rule: str
    subject: str
    started_at: int
    zone: str
    due_at: int | None
    paused_at: int | None
    paused_ms: int
    extended: tuple[str, ...]
    stopped_at: int | None
    stopped_by: str
    acknowledged_by: str
    next_alarm_at: int | None
    alarms: int

    def is_overdue(self, now: int) -> bool:
        """Whether it has run out without being stopped. One that stands still does not run out."""
        runs = self.stopped_at is None and self.paused_at is None
        return runs and self.due_at is not None and self.due_at <= now


class Entry(msgspec.Struct, frozen=True):
    """What happened to a clock."""

    position: int
    at: int
    what: str
    actor: str
    about: str


_texts = msgspec.json.Decoder(tuple[str, ...])
_ALL = (
    "SELECT id, rule, subject, started_at, zone, due_at, paused_at, paused_ms, extended, stopped_at, stopped_by, "
    "acknowledged_by, next_alarm_at, alarms FROM clock"
)


def _clock(row: Row) -> Clock:
    told = (*row[:8], _texts.decode(row[8]), *row[9:])
    return Clock(*told)


async def clock(source: Fetches, id: str) -> Clock | None:
    """A clock."""
    row = await source.fetch_one(f"{_ALL} WHERE id = $1", id)
    return None if row is None else _clock(row)


async def clocks_of(source: Fetches, subject: str) -> list[Clock]:
    """All clocks of a subject, the most urgent first."""
    rows = await source.fetch(f"{_ALL} WHERE subject = $1 ORDER BY due_at IS NULL, due_at, id", subject)
    return [_clock(row) for row in rows]


async def next_due(source: Fetches, limit: int) -> list[Clock]:
    """The clocks that run, the next deadline first."""
    sql = f"{_ALL} WHERE stopped_at IS NULL AND due_at IS NOT NULL ORDER BY due_at, id LIMIT $1"
    return [_clock(row) for row in await source.fetch(sql, limit)]


async def to_alarm(source: Fetches, now: int, limit: int) -> list[Clock]:
    """The clocks whose next alarm is due."""
    sql = f"{_ALL} WHERE stopped_at IS NULL AND next_alarm_at <= $1 ORDER BY next_alarm_at, id LIMIT $2"
    return [_clock(row) for row in await source.fetch(sql, now, limit)]


async def entries(source: Fetches, id: str) -> list[Entry]:
    """What happened to a clock, the oldest first."""
    rows = await source.fetch(
        "SELECT position, at, what, actor, about FROM clock_entry WHERE clock = $1 ORDER BY position", id
    )
    return [Entry(*row) for row in rows]


def add(tx: Transaction, new: Clock, otherwise: Refused) -> None:
    """Store a clock, whose id is its own."""
    tx.conditional(
        "INSERT INTO clock VALUES ($1, $2, $3, $4, $5, $6, NULL, 0, '[]', NULL, '', '', $7, 0) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        new.id, new.rule, new.subject, new.started_at, new.zone, new.due_at, new.next_alarm_at, otherwise=otherwise,
    )  # fmt: skip


def change(tx: Transaction, before: Clock, after: Clock) -> None:
    """Store what became of a clock. If it changed meanwhile, the act runs again. When it started never changes (R7)."""
    tx.conditional(
        "UPDATE clock SET due_at = $2, paused_at = $3, paused_ms = $4, extended = $5, stopped_at = $6, "
        "stopped_by = $7, acknowledged_by = $8, next_alarm_at = $9, alarms = $10 WHERE id = $1 AND alarms = $11 "
        "AND paused_ms = $12 AND acknowledged_by = $13 AND extended = $14 AND COALESCE(paused_at, 0) = $15 "
        "AND stopped_at IS NULL RETURNING id",
        before.id, after.due_at, after.paused_at, after.paused_ms, _json(after.extended), after.stopped_at,
        after.stopped_by, after.acknowledged_by, after.next_alarm_at, after.alarms, before.alarms, before.paused_ms,
        before.acknowledged_by, _json(before.extended), before.paused_at or 0, otherwise=None,
    )  # fmt: skip


def note(tx: Transaction, id: str, what: str, actor: str, about: str = "") -> None:
    """Tell what happened to a clock."""
    tx.execute(
        "INSERT INTO clock_entry SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5 FROM clock_entry "
        "WHERE clock = $1",
        id, tx.now, what, actor, about,
    )  # fmt: skip


def _json(texts: tuple[str, ...]) -> str:
    return msgspec.json.encode(texts).decode()
