"""The SQL of what the Transparency Database is told. All of it is in the register; the desk's tables are only read."""

from typing import Protocol

import msgspec

from chappe.storage import Row
from chappe.stream import Transaction
from chappe.transparency.decided import Decided, Measured
from chappe.transparency.personal import Found

SEEN, STOPPED = "seen", "stopped"

_DECIDED = """
SELECT d.number, d.id, d.at, d.outcome, d.subject, d.ground, d.ground_reference, d.explanation, d.facts, d.category,
    d.keywords, d.keyword_other, d.content_types, d.source, d.source_identity, d.detected, d.automation, d.content_at,
    d.content_language, d.applied_at, d.reverses, c.dissemination, d.case_number
FROM decision d JOIN moderation_case c ON c.number = d.case_number
"""
_STATEMENT = (
    "SELECT decision, number, puid, state, record, mended, mended_by, are_names_none, found, why, queued_at, sent_at, "
    "tries, is_unsure, uuid FROM database_statement "
)


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


class Statement(msgspec.Struct, frozen=True):
    """A row of the outbox. Columns as in `schema/`."""

    decision: str
    number: int
    puid: str
    state: str
    record: bytes
    mended: dict[str, str]
    mended_by: str
    are_names_none: bool
    found: list[Found]
    why: str
    queued_at: int
    sent_at: int | None
    tries: int
    is_unsure: bool
    uuid: str


class Mark(msgspec.Struct, frozen=True):
    """How far something has come, or that it stands still."""

    value: int
    said: str
    at: int


async def mark(source: Fetches, what: str) -> Mark | None:
    """The mark of that name."""
    row = await source.fetch_one("SELECT value, said, at FROM transparency_mark WHERE what = $1", what)
    return None if row is None else Mark(*row)


def set_mark(tx: Transaction, what: str, value: int, said: str = "") -> None:
    """Set a mark."""
    tx.execute(
        "INSERT INTO transparency_mark VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (what) DO UPDATE SET value = excluded.value, said = excluded.said, at = excluded.at",
        what, value, said, tx.now,
    )  # fmt: skip


def remove_mark(tx: Transaction, what: str) -> None:
    """Remove a mark."""
    tx.execute("DELETE FROM transparency_mark WHERE what = $1", what)


async def decided_after(source: Fetches, number: int, limit: int) -> list[tuple[Decided, int]]:
    """The decisions after one, with the number of the case of each, the oldest first."""
    return await _decided(
        source,
        await source.fetch(f"{_DECIDED} WHERE d.number > $1 ORDER BY d.number LIMIT $2", number, limit),
    )


async def decided_of(source: Fetches, decision: str) -> tuple[Decided, int] | None:
    """A decision, and the number of its case."""
    found = await _decided(source, await source.fetch(f"{_DECIDED} WHERE d.id = $1", decision))
    return found[0] if found else None


async def _decided(source: Fetches, rows: list[Row]) -> list[tuple[Decided, int]]:
    measures: dict[str, list[Measured]] = {}
    for decision, kind, measure, territories, until in await source.fetch(
        "SELECT decision, kind, measure, territories, until FROM measure "
        "WHERE decision IN (SELECT * FROM each_text($1)) ORDER BY decision, position",
        [row[1] for row in rows],
    ):
        measures.setdefault(decision, []).append(Measured(kind, measure, _texts(territories), until))
    found = []
    for row in rows:
        values = [
            *row[:10], _texts(row[10]), row[11], _texts(row[12]), *row[13:22], tuple(measures.get(row[1], ())),
        ]  # fmt: skip
        found.append((Decided(*values), int(row[22])))
    return found


_texts = msgspec.json.Decoder(tuple[str, ...]).decode


async def reversed_by(source: Fetches, decision: str) -> int | None:
    """The number of the decision that reversed one, the last of them."""
    row = await source.fetch_one(
        "SELECT MAX(number) FROM decision "
        "WHERE case_number = (SELECT case_number FROM decision WHERE id = $1) AND reverses = $1",
        decision,
    )
    return None if row is None or row[0] is None else int(row[0])


async def concerned(source: Fetches, case_number: int, limit: int) -> list[str]:
    """Whom a case is about, who filed something in it, and who worked on it: user ids, names and addresses."""
    rows = await source.fetch(
        "SELECT author, claimed_by, '' FROM moderation_case WHERE number = $1 "
        "UNION SELECT by_user, second, subject FROM decision WHERE case_number = $1 "
        "UNION SELECT * FROM "
        "(SELECT by_user, name, email FROM filing WHERE case_number = $1 ORDER BY filed_at LIMIT $2) AS filed",
        case_number, limit,
    )  # fmt: skip
    return sorted({text for row in rows for text in row if text not in ("", "system")})


def add(tx: Transaction, decided: Decided, puid: str, record: bytes, found: list[Found]) -> None:
    """Add a statement: queued, or blocked for what was found. It is there once."""
    tx.execute(
        "INSERT INTO database_statement (decision, number, puid, state, record, mended, mended_by, are_names_none, "
        "found, why, queued_at, sent_at, tries, next_try_at, is_unsure, uuid) "
        "VALUES ($1, $2, $3, $4, $5, '{}', '', 0, $6, '', $7, NULL, 0, $7, 0, '') ON CONFLICT (decision) DO NOTHING",
        decided.id, decided.number, puid, "blocked" if found else "queued", record.decode(), _json(found), tx.now,
    )  # fmt: skip


def put_mended(
    tx: Transaction, decision: str, record: bytes, mended: dict[str, str], by: str, found: list[Found], *, none: bool
) -> None:
    """Put what a person entered in the place of what stood there. What is sent already stays."""
    tx.execute(
        "UPDATE database_statement SET state = $2, record = $3, mended = $4, mended_by = $5, found = $6, "
        "are_names_none = $7, why = '', tries = 0, next_try_at = $8 "
        "WHERE decision = $1 AND state IN ('blocked', 'refused')",
        decision, "blocked" if found else "queued", record.decode(), _json(mended), by, _json(found), int(none), tx.now,
    )  # fmt: skip


async def statement(source: Fetches, decision: str) -> Statement | None:
    """What the database is told of a decision."""
    row = await source.fetch_one(f"{_STATEMENT} WHERE decision = $1", decision)
    return None if row is None else _statement(row)


async def statements_in(source: Fetches, state: str, after: int, limit: int) -> list[Statement]:
    """Those in a state, the oldest decision first, after one of that number."""
    rows = await source.fetch(
        f"{_STATEMENT} WHERE state = $1 AND number > $2 ORDER BY number LIMIT $3", state, after, limit
    )
    return [_statement(row) for row in rows]


async def due(source: Fetches, now: int, limit: int) -> list[Statement]:
    """What is to be sent, the one that waits longest first."""
    rows = await source.fetch(
        f"{_STATEMENT} WHERE state = 'queued' AND next_try_at <= $1 ORDER BY next_try_at, number LIMIT $2", now, limit
    )
    return [_statement(row) for row in rows]


async def counts(source: Fetches) -> dict[str, int]:
    """How many are in each state."""
    rows = await source.fetch("SELECT state, COUNT(*) FROM database_statement GROUP BY state")
    return dict.fromkeys(("queued", "blocked", "sent", "refused"), 0) | {row[0]: int(row[1]) for row in rows}


def set_unsure(tx: Transaction, decisions: list[str]) -> None:
    """Note, before they are sent, that they may have arrived."""
    tx.execute("UPDATE database_statement SET is_unsure = 1 WHERE decision IN (SELECT * FROM each_text($1))", decisions)


def set_sent(tx: Transaction, decision: str, uuid: str) -> None:
    """The database has it."""
    tx.execute(
        "UPDATE database_statement SET state = 'sent', sent_at = $2, uuid = $3, is_unsure = 0, why = '' "
        "WHERE decision = $1 AND state <> 'sent'",
        decision, tx.now, uuid,
    )  # fmt: skip


def set_refused(tx: Transaction, decision: str, why: str) -> None:
    """The database does not take it."""
    tx.execute(
        "UPDATE database_statement SET state = 'refused', why = $2, is_unsure = 0 WHERE decision = $1 "
        "AND state = 'queued'",
        decision, why,
    )  # fmt: skip


def set_again(tx: Transaction, decisions: list[str]) -> None:
    """They have not arrived, and can be sent at once."""
    tx.execute("UPDATE database_statement SET is_unsure = 0 WHERE decision IN (SELECT * FROM each_text($1))", decisions)


def put_off(tx: Transaction, decisions: list[str], until: int) -> None:
    """Try them again later."""
    tx.execute(
        "UPDATE database_statement SET tries = tries + 1, next_try_at = $2 "
        "WHERE decision IN (SELECT * FROM each_text($1)) AND state = 'queued'",
        decisions, until,
    )  # fmt: skip


def hurry(tx: Transaction) -> None:
    """Try everything that waits at once."""
    tx.execute("UPDATE database_statement SET next_try_at = $1 WHERE state = 'queued' AND next_try_at > $1", tx.now)


_json_of = msgspec.json.encode
_found = msgspec.json.Decoder(list[Found]).decode
_mended = msgspec.json.Decoder(dict[str, str]).decode


def _json(value: object) -> str:
    return _json_of(value).decode()


def _statement(row: Row) -> Statement:
    values = [
        *row[:4], row[4].encode(), _mended(row[5]), row[6], bool(row[7]), _found(row[8]), *row[9:13], bool(row[13]),
        row[14],
    ]  # fmt: skip
    return Statement(*values)
