"""The SQL of deciding many cases at once."""

import msgspec

from chappe.errors import Refused
from chappe.moderation.store import Fetches
from chappe.storage import Row
from chappe.stream import Transaction


class Bulk(msgspec.Struct, frozen=True):
    """Many cases that are decided alike. `verdict` is JSON of a `bulk.Plan`."""

    id: str
    by_user: str
    at: int
    verdict: str
    state: str
    undone_by: str
    why_undone: str

    @property
    def is_running(self) -> bool:
        """Whether something is still done."""
        return self.state in ("running", "undoing")


class BulkCase(msgspec.Struct, frozen=True):
    """One of them: waiting, decided, left or undone."""

    case_number: int
    state: str
    decision: str
    why_left: str


_BULK = "SELECT id, by_user, at, verdict, state, undone_by, why_undone FROM bulk"


async def bulk(source: Fetches, id: str) -> Bulk | None:
    """A bulk decision."""
    row = await source.fetch_one(f"{_BULK} WHERE id = $1", id)
    return None if row is None else Bulk(*row)


async def newest(source: Fetches, limit: int) -> list[Bulk]:
    """The last ones."""
    return [Bulk(*row) for row in await source.fetch(f"{_BULK} ORDER BY at DESC, id LIMIT $1", limit)]


async def running(source: Fetches) -> list[Bulk]:
    """Those with something left to do, the oldest first."""
    rows: list[Row] = await source.fetch(f"{_BULK} WHERE state IN ('running', 'undoing') ORDER BY at, id")
    return [Bulk(*row) for row in rows]


async def cases(source: Fetches, id: str, limit: int) -> list[BulkCase]:
    """The cases of one."""
    rows = await source.fetch(
        "SELECT case_number, state, decision, why_left FROM bulk_case WHERE bulk = $1 ORDER BY case_number LIMIT $2",
        id, limit,
    )  # fmt: skip
    return [BulkCase(*row) for row in rows]


async def case_in(source: Fetches, id: str, number: int) -> BulkCase | None:
    """One of its cases."""
    row = await source.fetch_one(
        "SELECT case_number, state, decision, why_left FROM bulk_case WHERE bulk = $1 AND case_number = $2", id, number
    )
    return None if row is None else BulkCase(*row)


async def cases_in(source: Fetches, id: str, state: str, limit: int) -> list[BulkCase]:
    """Those of its cases that are in a state."""
    rows = await source.fetch(
        "SELECT case_number, state, decision, why_left FROM bulk_case WHERE bulk = $1 AND state = $2 "
        "ORDER BY case_number LIMIT $3",
        id, state, limit,
    )  # fmt: skip
    return [BulkCase(*row) for row in rows]


async def counts(source: Fetches, id: str) -> dict[str, int]:
    """How many of its cases are in which state."""
    rows = await source.fetch("SELECT state, COUNT(*) FROM bulk_case WHERE bulk = $1 GROUP BY state", id)
    return {row[0]: int(row[1]) for row in rows}


def add(tx: Transaction, id: str, by_user: str, verdict: str, numbers: list[int]) -> None:
    """Store one with its cases."""
    tx.execute("INSERT INTO bulk VALUES ($1, $2, $3, $4, 'running', '', '')", id, by_user, tx.now, verdict)
    tx.execute("INSERT INTO bulk_case SELECT $1, number, 'waiting', '', '' FROM moderation_case "
               "WHERE number IN (SELECT * FROM each_int($2))", id, numbers)  # fmt: skip


def finish(tx: Transaction, id: str, before: str, after: str, otherwise: Refused) -> None:
    """All of it is done, or undone."""
    tx.conditional("UPDATE bulk SET state = $3 WHERE id = $1 AND state = $2 RETURNING id", id, before, after,
                   otherwise=otherwise)  # fmt: skip


def undo(tx: Transaction, id: str, by: str, why: str, otherwise: Refused) -> None:
    """Begin to undo one that is done: once."""
    tx.conditional(
        "UPDATE bulk SET state = 'undoing', undone_by = $2, why_undone = $3 WHERE id = $1 AND state = 'done' "
        "RETURNING id",
        id, by, why, otherwise=otherwise,
    )  # fmt: skip


def set_case(
    tx: Transaction, id: str, number: int, before: str, after: str, decision: str, why_left: str, otherwise: Refused
) -> None:  # fmt: skip
    """Note what became of one of its cases: once."""
    tx.conditional(
        "UPDATE bulk_case SET state = $4, decision = $5, why_left = $6 WHERE bulk = $1 AND case_number = $2 "
        "AND state = $3 RETURNING case_number",
        id, number, before, after, decision, why_left, otherwise=otherwise,
    )  # fmt: skip
