"""All the SQL of cases: what was filed, what was decided. Everything is in the register."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from chappe.errors import Refused
from chappe.moderation.records import Case, Disclosed, Entry, Filed, Filing, Item
from chappe.moderation.words import Dissemination, Door, ItemKind, Proof, Stream
from chappe.storage import Outcome, Row
from chappe.stream import Transaction

CLAIM_MS = 15 * 60_000
"""How long a claim holds; each act on the case renews it."""


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


_object: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])
_disclosed = msgspec.json.Decoder(list[Disclosed])

# Cases

CASE = (
    "SELECT number, kind, item, room_id, author, dissemination, is_encrypted, snapshot, version, stream, priority, "
    "category, language, opened_at, newest_at, filed, state, claimed_by, claimed_until, decided_at, decision "
    "FROM moderation_case"
)


def case_of(row: Row) -> Case:
    """A case, of a row of `CASE`."""
    number, kind, item, room_id, author, spread, encrypted, snapshot, version, stream, *rest = row
    return Case(
        number, ItemKind(kind), item, room_id, author, Dissemination(spread), bool(encrypted),
        _object.decode(snapshot) if snapshot else {}, version, Stream(stream), *rest,
    )  # fmt: skip


async def case(source: Fetches, number: int) -> Case | None:
    """A case."""
    row = await source.fetch_one(f"{CASE} WHERE number = $1", number)
    return None if row is None else case_of(row)


async def last_case_of(source: Fetches, kind: ItemKind, item: str) -> Case | None:
    """The newest case of an item."""
    row = await source.fetch_one(f"{CASE} WHERE kind = $1 AND item = $2 ORDER BY number DESC LIMIT 1", kind.value, item)
    return None if row is None else case_of(row)


async def cases_of(source: Fetches, author: str, limit: int) -> list[Case]:
    """The newest cases about what somebody made."""
    rows = await source.fetch(f"{CASE} WHERE author = $1 ORDER BY number DESC LIMIT $2", author, limit)
    return [case_of(row) for row in rows]


def open_case(tx: Transaction, item: Item, filed: Filed, stream: Stream, priority: int, category: str) -> Outcome:
    """Queue a case for the item unless it has one that is open, and count one filing more. Its number is in the
    outcome. What is weightier moves the case to the front; what is about child abuse seals it."""
    tx.execute(
        "INSERT INTO moderation_case SELECT (SELECT COALESCE(MAX(number), 0) + 1 FROM moderation_case), "
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 0, 'open', '', 0, NULL, '' WHERE NOT EXISTS "
        "(SELECT 1 FROM moderation_case WHERE kind = $1 AND item = $2 AND state = 'open')",
        item.kind.value, item.id, item.room_id, item.author, item.dissemination.value, int(item.is_encrypted),
        msgspec.json.encode(item.snapshot), item.version, stream.value, priority, category, item.language, tx.now,
    )  # fmt: skip
    # A case whose weightiest filing is this one is in its queue.
    return tx.returning(
        "UPDATE moderation_case SET filed = filed + 1, newest_at = $3, "
        "stream = CASE WHEN $5 < priority OR $4 = 'child_safety' THEN $4 ELSE stream END, "
        "category = CASE WHEN $5 < priority THEN $6 ELSE category END, "
        "priority = CASE WHEN $5 < priority THEN $5 ELSE priority END "
        "WHERE kind = $1 AND item = $2 AND state = 'open' RETURNING number",
        item.kind.value, item.id, tx.now, stream.value, priority, category,
    )  # fmt: skip


def count_muted(tx: Transaction, number: int) -> None:
    """One filing more of a case that is decided."""
    tx.execute("UPDATE moderation_case SET filed = filed + 1, newest_at = $2 WHERE number = $1", number, tx.now)


def claim(tx: Transaction, number: int, user_id: str, otherwise: Refused) -> None:
    """Work on an open case, if nobody else does."""
    tx.conditional(
        "UPDATE moderation_case SET claimed_by = $2, claimed_until = $3 WHERE number = $1 AND state = 'open' "
        "AND (claimed_by IN ('', $2) OR claimed_until <= $4) RETURNING number",
        number, user_id, tx.now + CLAIM_MS, tx.now, otherwise=otherwise,
    )  # fmt: skip


def release(tx: Transaction, number: int, user_id: str, otherwise: Refused) -> None:
    """Work on it no more."""
    tx.conditional(
        "UPDATE moderation_case SET claimed_by = '', claimed_until = 0 WHERE number = $1 AND claimed_by = $2 "
        "RETURNING number",
        number, user_id, otherwise=otherwise,
    )  # fmt: skip


def hand_over(tx: Transaction, number: int, user_id: str, to: str, otherwise: Refused) -> None:
    """Give a case that one works on to somebody else."""
    tx.conditional(
        "UPDATE moderation_case SET claimed_by = $3, claimed_until = $4 WHERE number = $1 AND claimed_by = $2 "
        "AND claimed_until > $5 AND state = 'open' RETURNING number",
        number, user_id, to, tx.now + CLAIM_MS, tx.now, otherwise=otherwise,
    )  # fmt: skip


def move(tx: Transaction, number: int, user_id: str, stream: Stream, priority: int, otherwise: Refused) -> None:
    """Put a case that one works on into another queue, where others find it."""
    tx.conditional(
        "UPDATE moderation_case SET stream = $3, priority = $4, claimed_by = '', claimed_until = 0 WHERE number = $1 "
        "AND claimed_by = $2 AND claimed_until > $5 AND state = 'open' RETURNING number",
        number, user_id, stream.value, priority, tx.now, otherwise=otherwise,
    )  # fmt: skip


def close(tx: Transaction, number: int, user_id: str, decision: str, otherwise: Refused) -> None:
    """The case is decided, by who holds it: once."""
    tx.conditional(
        "UPDATE moderation_case SET state = 'decided', decided_at = $4, decision = $3, claimed_by = '', "
        "claimed_until = 0 WHERE number = $1 AND state = 'open' AND claimed_by = $2 AND claimed_until > $4 "
        "RETURNING number",
        number, user_id, decision, tx.now, otherwise=otherwise,
    )  # fmt: skip


def reopen(tx: Transaction, number: int, user_id: str, otherwise: Refused) -> None:
    """A case that was decided is open again, and in the hands of who reopens it. Not if its item has another one."""
    tx.conditional(
        "UPDATE moderation_case SET state = 'open', claimed_by = $2, claimed_until = $3, decided_at = NULL "
        "WHERE number = $1 AND state = 'decided' AND NOT EXISTS (SELECT 1 FROM moderation_case other WHERE "
        "other.kind = moderation_case.kind AND other.item = moderation_case.item AND other.state = 'open') "
        "RETURNING number",
        number, user_id, tx.now + CLAIM_MS, otherwise=otherwise,
    )  # fmt: skip
    tx.execute("UPDATE filing SET told_at = NULL WHERE case_number = $1", number)


def note(tx: Transaction, number: int, actor: str, what: str, body: Mapping[str, object] | None = None) -> None:
    """Add a line to the timeline of a case."""
    tx.execute(
        "INSERT INTO case_entry SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5 FROM case_entry "
        "WHERE case_number = $1",
        number, tx.now, actor, what, msgspec.json.encode(body or {}).decode(),
    )  # fmt: skip


def note_open(tx: Transaction, item: Item, actor: str, what: str, body: Mapping[str, object]) -> None:
    """The same for the open case of an item, whose number is known at the flush only."""
    tx.execute(
        "INSERT INTO case_entry SELECT c.number, (SELECT COALESCE(MAX(position), 0) + 1 FROM case_entry e WHERE "
        "e.case_number = c.number), $3, $4, $5, $6 FROM moderation_case c "
        "WHERE c.kind = $1 AND c.item = $2 AND c.state = 'open'",
        item.kind.value, item.id, tx.now, actor, what, msgspec.json.encode(body).decode(),
    )  # fmt: skip


async def entries(source: Fetches, number: int, limit: int) -> list[Entry]:
    """The timeline of a case, the newest first."""
    rows = await source.fetch(
        "SELECT position, at, actor, what, body FROM case_entry WHERE case_number = $1 ORDER BY position DESC LIMIT $2",
        number, limit,
    )  # fmt: skip
    told = [(*row[:4], _object.decode(row[4])) for row in rows]
    return [Entry(*one) for one in told]


# Filings

_FILING_COLUMNS = (
    "id, case_number, submission, door, by_user, name, email, flagger, category, keyword, law, country, reason, "
    "evidence, proof, language, good_faith, is_muted, filed_at, receipt_at, told_at"
)
_FILING = f"SELECT {_FILING_COLUMNS} FROM filing"
_FILED = "$3, number, " + ", ".join(f"${number}" for number in range(4, 22)) + ", NULL"


def _filing(row: Row) -> Filing:
    id, number, submission, door = row[:4]
    evidence, proof, language, good_faith, is_muted = row[13:18]
    shown = _disclosed.decode(evidence) if evidence else []
    values = (id, number, submission, Door(door), *row[4:13], shown, Proof(proof), language, bool(good_faith))
    told = (*values, bool(is_muted), *row[18:])
    return Filing(*told)


async def filing(source: Fetches, id: str) -> Filing | None:
    """A filing."""
    row = await source.fetch_one(f"{_FILING} WHERE id = $1", id)
    return None if row is None else _filing(row)


async def filings(source: Fetches, number: int, limit: int) -> list[Filing]:
    """What was filed about the item of a case, the oldest first."""
    rows = await source.fetch(f"{_FILING} WHERE case_number = $1 ORDER BY filed_at, id LIMIT $2", number, limit)
    return [_filing(row) for row in rows]


async def filings_by(source: Fetches, user_id: str, before: int, limit: int) -> list[Filing]:
    """What somebody filed before a time, the newest first."""
    sql = f"{_FILING} WHERE by_user = $1 AND by_user <> '' AND filed_at < $2 ORDER BY filed_at DESC, id LIMIT $3"
    return [_filing(row) for row in await source.fetch(sql, user_id, before, limit)]


async def own_filing(source: Fetches, user_id: str, number: int, door: Door) -> str | None:
    """The id of what somebody has filed in a case through this door."""
    row = await source.fetch_one(
        "SELECT id FROM filing WHERE case_number = $1 AND by_user = $2 AND door = $3 AND by_user <> ''",
        number, user_id, door.value,
    )  # fmt: skip
    return None if row is None else str(row[0])


async def filed_since(source: Fetches, user_id: str, since: int) -> int:
    """How much somebody filed since a time."""
    row = await source.fetch_one(
        "SELECT COUNT(*) FROM filing WHERE by_user = $1 AND by_user <> '' AND filed_at >= $2", user_id, since
    )
    return int(row[0]) if row is not None else 0


def add_filing(
    tx: Transaction,
    id: str,
    submission: str,
    item: Item,
    filed: Filed,
    flagger: str,
    category: str,
    muted_in: int | None,
) -> None:
    """Store a filing with the open case of its item, or with the decided one whose number is given.

    If the same account has filed the same through the same door meanwhile, the act runs again and finds that.
    """
    evidence = msgspec.json.encode(filed.disclosed) if filed.disclosed else None
    values = (
        id, submission, filed.door.value, filed.by_user, filed.name, filed.email, flagger, category, filed.keyword,
        filed.law, filed.country, filed.reason, evidence, filed.proof.value, filed.language, int(filed.good_faith),
        int(muted_in is not None), tx.now, tx.now,
    )  # fmt: skip
    which = "kind = $1 AND item = $2 AND state = 'open'" if muted_in is None else "kind = $1 AND number = $2"
    tx.conditional(
        f"INSERT INTO filing SELECT {_FILED} FROM moderation_case WHERE {which} ON CONFLICT DO NOTHING RETURNING id",
        item.kind.value, item.id if muted_in is None else muted_in, *values, otherwise=None,
    )  # fmt: skip


async def proofs_of(source: Fetches, number: int) -> list[Proof]:
    """Which proofs the filings of a case have, each once."""
    rows = await source.fetch("SELECT DISTINCT proof FROM filing WHERE case_number = $1", number)
    return [Proof(row[0]) for row in rows]


async def categories_of(source: Fetches, number: int) -> list[str]:
    """What the filings of a case say the item is, each once."""
    rows = await source.fetch("SELECT DISTINCT category FROM filing WHERE case_number = $1", number)
    return [row[0] for row in rows]


async def laws_of(source: Fetches, number: int) -> list[str]:
    """Which laws the filings of a case say that the item breaks, each once."""
    rows = await source.fetch("SELECT DISTINCT law FROM filing WHERE case_number = $1 AND law <> ''", number)
    return sorted(row[0] for row in rows)


async def sources_of(source: Fetches, number: int) -> list[tuple[str, str]]:
    """Through which doors the filings of a case came, and from which trusted flaggers."""
    sql = "SELECT DISTINCT door, flagger FROM filing WHERE case_number = $1"
    return [(row[0], row[1]) for row in await source.fetch(sql, number)]


async def first_rule_of(source: Fetches, number: int) -> str:
    """What matched, in a case that a rule opened; else ""."""
    row = await source.fetch_one(
        "SELECT reason, door FROM filing WHERE case_number = $1 ORDER BY filed_at, id LIMIT 1", number
    )
    return str(row[0]) if row is not None and row[1] == Door.AUTOMATIC.value else ""


async def has_filed(source: Fetches, number: int, user_id: str) -> bool:
    """Whether somebody filed something in a case."""
    row = await source.fetch_one(
        "SELECT 1 FROM filing WHERE case_number = $1 AND by_user = $2 AND by_user <> '' LIMIT 1", number, user_id
    )
    return row is not None


async def has_worked_on(source: Fetches, number: int, user_id: str) -> bool:
    """Whether the timeline of a case names somebody: they know what came of it."""
    row = await source.fetch_one(
        "SELECT 1 FROM case_entry WHERE case_number = $1 AND actor = $2 LIMIT 1", number, user_id
    )
    return row is not None


async def untold(source: Fetches, limit: int) -> list[tuple[Filing, str]]:
    """Filings of decided cases whose authors were not told yet, and by which decision theirs were decided."""
    columns = ", ".join(f"f.{name}" for name in _FILING_COLUMNS.split(", "))
    rows = await source.fetch(
        f"SELECT {columns}, c.decision FROM filing f JOIN moderation_case c ON c.number = f.case_number "
        "WHERE f.told_at IS NULL AND f.door <> 'automatic' AND c.state = 'decided' ORDER BY f.filed_at LIMIT $1",
        limit,
    )  # fmt: skip
    return [(_filing(row[:-1]), row[-1]) for row in rows]


def mark_told(tx: Transaction, id: str) -> None:
    """Who filed it was told. If they were meanwhile, the act runs again and finds that."""
    tx.conditional(
        "UPDATE filing SET told_at = $2 WHERE id = $1 AND told_at IS NULL RETURNING id", id, tx.now, otherwise=None
    )
