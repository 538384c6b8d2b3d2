"""All the SQL of decisions, statements of reasons and complaints. Everything is in the register."""

import msgspec

from chappe.errors import Refused
from chappe.moderation.records import Complaint, Decision, Measure
from chappe.moderation.store import CLAIM_MS, Fetches
from chappe.moderation.words import ComplaintState, Outcome
from chappe.storage import Row
from chappe.stream import Transaction

_texts = msgspec.json.Decoder(tuple[str, ...])

# Decisions

_DECISION = (
    "SELECT number, id, case_number, at, by_user, second, outcome, subject, ground, ground_reference, explanation, "
    "facts, to_user, proportionality, category, keywords, keyword_other, content_types, territories, until, source, "
    "source_identity, detected, automation, rule, content_at, content_language, applied_at, reverses, state "
    "FROM decision"
)


def _decision(row: Row) -> Decision:
    keywords, other, content_types, territories = row[15:19]
    lists = (_texts.decode(keywords), other, _texts.decode(content_types), _texts.decode(territories))
    told = (*row[:6], Outcome(row[6]), *row[7:15], *lists, *row[19:])
    return Decision(*told)


async def decision(source: Fetches, id: str) -> Decision | None:
    """A decision."""
    row = await source.fetch_one(f"{_DECISION} WHERE id = $1", id)
    return None if row is None else _decision(row)


async def decisions_of_case(source: Fetches, number: int) -> list[Decision]:
    """What was decided in a case, the newest first."""
    rows = await source.fetch(f"{_DECISION} WHERE case_number = $1 ORDER BY number DESC", number)
    return [_decision(row) for row in rows]


async def decisions_about(source: Fetches, subject: str, before: int, limit: int) -> list[Decision]:
    """What was decided about somebody, with a smaller number than `before`, the newest first."""
    sql = f"{_DECISION} WHERE subject = $1 AND subject <> '' AND number < $2 ORDER BY number DESC LIMIT $3"
    return [_decision(row) for row in await source.fetch(sql, subject, before, limit)]


def add_decision(tx: Transaction, new: Decision) -> None:
    """Store a decision under the next number; `new.number` is not looked at."""
    tx.execute(
        "INSERT INTO decision SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29 FROM decision",
        new.id, new.case_number, new.at, new.by_user, new.second, new.outcome.value, new.subject, new.ground,
        new.ground_reference, new.explanation, new.facts, new.to_user, new.proportionality, new.category,
        _json(new.keywords), new.keyword_other, _json(new.content_types), _json(new.territories), new.until,
        new.source, new.source_identity, new.detected, new.automation, new.rule, new.content_at, new.content_language,
        new.applied_at, new.reverses, new.state,
    )  # fmt: skip


def set_state(tx: Transaction, id: str, state: str, otherwise: Refused) -> None:
    """Note that a decision is reversed, wholly or in part, unless all of it is already."""
    tx.conditional(
        "UPDATE decision SET state = $2 WHERE id = $1 AND state <> 'reversed' RETURNING id",
        id,
        state,
        otherwise=otherwise,
    )


def _json(texts: tuple[str, ...]) -> str:
    return msgspec.json.encode(texts).decode()


# Measures

_MEASURE = (
    "SELECT position, kind, subject, within_room, measure, territories, until, restriction, lifted_by FROM measure"
)


async def measures(source: Fetches, decision: str) -> list[Measure]:
    """What a decision does."""
    rows = await source.fetch(f"{_MEASURE} WHERE decision = $1 ORDER BY position", decision)
    told = [(*row[:5], _texts.decode(row[5]), *row[6:]) for row in rows]
    return [Measure(*one) for one in told]


def add_measure(tx: Transaction, decision: str, new: Measure) -> None:
    """Store one."""
    tx.execute(
        "INSERT INTO measure VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        decision, new.position, new.kind, new.subject, new.within_room, new.measure, _json(new.territories), new.until,
        new.restriction, new.lifted_by,
    )  # fmt: skip


def lift_measure(tx: Transaction, decision: str, position: int, by: str, otherwise: Refused) -> None:
    """Note which decision lifts it: once."""
    tx.conditional(
        "UPDATE measure SET lifted_by = $3 WHERE decision = $1 AND position = $2 AND lifted_by = '' RETURNING position",
        decision, position, by, otherwise=otherwise,
    )  # fmt: skip


# Statements of reasons


def add_statement(tx: Transaction, decision: str, user_id: str, language: str, body: bytes) -> None:
    """Store what somebody is told."""
    tx.execute("INSERT INTO statement VALUES ($1, $2, $3, $4, $5)", decision, user_id, language, body.decode(), tx.now)


async def statement(source: Fetches, decision: str) -> tuple[str, bytes, int] | None:
    """Whom the reasons of a decision were told, what, and when."""
    row = await source.fetch_one("SELECT user_id, body, made_at FROM statement WHERE decision = $1", decision)
    return None if row is None else (row[0], row[1].encode(), row[2])


# Complaints

_COMPLAINT = (
    "SELECT id, decision, case_number, by_user, filing, text, filed_at, state, claimed_by, claimed_until, decided_by, "
    "decided_at, answer, reversal FROM complaint"
)


def _complaint(row: Row) -> Complaint:
    told = (*row[:7], ComplaintState(row[7]), *row[8:])
    return Complaint(*told)


async def complaint(source: Fetches, id: str) -> Complaint | None:
    """A complaint."""
    row = await source.fetch_one(f"{_COMPLAINT} WHERE id = $1", id)
    return None if row is None else _complaint(row)


async def complaint_of(source: Fetches, decision: str, user_id: str, filing: str) -> Complaint | None:
    """What somebody complained about a decision: as whom it restricts (no filing), or as who filed."""
    sql = f"{_COMPLAINT} WHERE decision = $1 AND by_user = $2 AND filing = $3"
    row = await source.fetch_one(sql, decision, user_id, filing)
    return None if row is None else _complaint(row)


async def complaints_against(source: Fetches, decision: str) -> list[Complaint]:
    """All complaints about a decision."""
    rows = await source.fetch(f"{_COMPLAINT} WHERE decision = $1 ORDER BY filed_at, id", decision)
    return [_complaint(row) for row in rows]


async def open_complaints(source: Fetches, limit: int) -> list[Complaint]:
    """Those that wait, the oldest first."""
    rows = await source.fetch(f"{_COMPLAINT} WHERE state = 'open' ORDER BY filed_at, id LIMIT $1", limit)
    return [_complaint(row) for row in rows]


def add_complaint(tx: Transaction, new: Complaint, otherwise: Refused) -> None:
    """Store one, unless the same person has complained about this already."""
    tx.conditional(
        "INSERT INTO complaint VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '', 0, '', NULL, '', '') "
        "ON CONFLICT (decision, by_user, filing) DO NOTHING RETURNING id",
        new.id, new.decision, new.case_number, new.by_user, new.filing, new.text, new.filed_at, otherwise=otherwise,
    )  # fmt: skip


def claim_complaint(tx: Transaction, id: str, user_id: str, otherwise: Refused) -> None:
    """Work on a complaint, if nobody else does."""
    tx.conditional(
        "UPDATE complaint SET claimed_by = $2, claimed_until = $3 WHERE id = $1 AND state = 'open' "
        "AND (claimed_by IN ('', $2) OR claimed_until <= $4) RETURNING id",
        id, user_id, tx.now + CLAIM_MS, tx.now, otherwise=otherwise,
    )  # fmt: skip


def judge_complaint(
    tx: Transaction, id: str, user_id: str, state: ComplaintState, answer: str, reversal: str, otherwise: Refused
) -> None:
    """Answer a complaint that one works on: once."""
    tx.conditional(
        "UPDATE complaint SET state = $3, answer = $4, reversal = $5, decided_by = $2, decided_at = $6, "
        "claimed_by = '', claimed_until = 0 "
        "WHERE id = $1 AND state = 'open' AND claimed_by = $2 AND claimed_until > $6 RETURNING id",
        id, user_id, state.value, answer, reversal, tx.now, otherwise=otherwise,
    )  # fmt: skip
