"""The SQL of working at the desk: what reviewers are shown, second reviews, what is sealed, threats to life."""

import msgspec

from chappe.errors import Refused
from chappe.moderation.store import Fetches
from chappe.storage import Row
from chappe.stream import Transaction

_texts = msgspec.json.Decoder(frozenset[str])

# What reviewers are shown


class Exposure(msgspec.Struct, frozen=True):
    """What a reviewer was shown on a day. `since` is when the present stretch without a break began."""

    items: int = 0
    media: int = 0
    ms: int = 0
    since: int = 0
    last_at: int = 0


async def exposure(source: Fetches, user_id: str, day: int) -> Exposure:
    """What somebody was shown on a day."""
    row = await source.fetch_one(
        "SELECT items, media, ms, since, last_at FROM exposure WHERE user_id = $1 AND day = $2", user_id, day
    )
    return Exposure() if row is None else Exposure(*row)


async def exposures(source: Fetches, day: int) -> list[tuple[str, Exposure]]:
    """What everybody was shown on a day."""
    rows = await source.fetch(
        "SELECT user_id, items, media, ms, since, last_at FROM exposure WHERE day = $1 ORDER BY user_id", day
    )
    return [(row[0], Exposure(*row[1:])) for row in rows]


def add_exposure(
    tx: Transaction, user_id: str, day: int, items: int, media: int, longest_ms: int, break_ms: int
) -> None:
    """Count what somebody is shown: the time since they were last shown something, unless they looked away, too."""
    tx.execute(
        "INSERT INTO exposure VALUES ($1, $2, $3, $4, 0, $5, $5) ON CONFLICT (user_id, day) DO UPDATE SET "
        "items = exposure.items + excluded.items, media = exposure.media + excluded.media, "
        "ms = exposure.ms + CASE WHEN excluded.last_at - exposure.last_at BETWEEN 0 AND $6 "
        "THEN excluded.last_at - exposure.last_at ELSE 0 END, "
        "since = CASE WHEN excluded.last_at - exposure.last_at BETWEEN 0 AND $7 THEN exposure.since "
        "ELSE excluded.last_at END, last_at = excluded.last_at",
        user_id, day, items, media, tx.now, longest_ms, break_ms,
    )  # fmt: skip


async def avoided(source: Fetches, user_id: str) -> frozenset[str]:
    """The categories of which somebody wants to be given no case."""
    row = await source.fetch_one("SELECT avoids FROM reviewer WHERE user_id = $1", user_id)
    return frozenset() if row is None else _texts.decode(row[0])


def set_avoided(tx: Transaction, user_id: str, categories: list[str]) -> None:
    """Remember them."""
    tx.execute(
        "INSERT INTO reviewer VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET avoids = excluded.avoids",
        user_id, msgspec.json.encode(categories).decode(),
    )  # fmt: skip


# Second reviews


class Sample(msgspec.Struct, frozen=True):
    """A decision that is looked at a second time."""

    decision: str
    case_number: int
    why: str
    sampled_at: int
    judged_by: str
    outcome: str
    category: str
    remark: str
    agrees: bool | None
    at: int | None


_SAMPLE = (
    "SELECT decision, case_number, why, sampled_at, judged_by, outcome, category, remark, agrees, at FROM review_sample"
)


def _sample(row: Row) -> Sample:
    told = (*row[:8], None if row[8] is None else bool(row[8]), row[9])
    return Sample(*told)


async def sample(source: Fetches, decision: str) -> Sample | None:
    """The second review of a decision."""
    row = await source.fetch_one(f"{_SAMPLE} WHERE decision = $1", decision)
    return None if row is None else _sample(row)


async def waiting_samples(source: Fetches, limit: int) -> list[Sample]:
    """Those that wait, the oldest first."""
    sql = f"{_SAMPLE} WHERE judged_by = '' ORDER BY sampled_at, decision LIMIT $1"
    return [_sample(row) for row in await source.fetch(sql, limit)]


async def judged_samples(source: Fetches, limit: int) -> list[Sample]:
    """The last ones that were judged."""
    sql = f"{_SAMPLE} WHERE judged_by <> '' ORDER BY at DESC, decision LIMIT $1"
    return [_sample(row) for row in await source.fetch(sql, limit)]


async def agreement(source: Fetches, since: int) -> list[tuple[str, int, int]]:
    """Of the decisions that were looked at twice since a time, by how automatic they were: how many, and in how many
    the second reviewer agreed."""
    rows = await source.fetch(
        "SELECT d.automation, COUNT(*), SUM(s.agrees) FROM review_sample s JOIN decision d ON d.id = s.decision "
        "WHERE s.judged_by <> '' AND s.at >= $1 GROUP BY d.automation ORDER BY d.automation",
        since,
    )
    return [(row[0], int(row[1]), int(row[2] or 0)) for row in rows]


def add_sample(tx: Transaction, decision: str, number: int, why: str) -> None:
    """Have a decision looked at a second time."""
    tx.execute(
        "INSERT INTO review_sample VALUES ($1, $2, $3, $4, '', '', '', '', NULL, NULL) ON CONFLICT DO NOTHING",
        decision, number, why, tx.now,
    )  # fmt: skip


def judge_sample(
    tx: Transaction,
    decision: str,
    by: str,
    outcome: str,
    category: str,
    remark: str,
    *,
    agrees: bool,
    otherwise: Refused,
) -> None:
    """Note what the second reviewer says: once."""
    tx.conditional(
        "UPDATE review_sample SET judged_by = $2, outcome = $3, category = $4, remark = $5, agrees = $6, at = $7 "
        "WHERE decision = $1 AND judged_by = '' RETURNING decision",
        decision, by, outcome, category, remark, int(agrees), tx.now, otherwise=otherwise,
    )  # fmt: skip


# What is sealed


def open_sealed(tx: Transaction, id: str, number: int, user_id: str, approved_by: str, until: int) -> None:
    """Open a case of child safety to somebody for a while."""
    tx.execute(
        "INSERT INTO sealed_opening VALUES ($1, $2, $3, $4, $5, $6)", id, number, user_id, approved_by, tx.now, until
    )


async def opened_until(source: Fetches, number: int, user_id: str, now: int) -> int:
    """Until when a sealed case is open to somebody; 0 if it is not."""
    row = await source.fetch_one(
        "SELECT MAX(until) FROM sealed_opening WHERE case_number = $1 AND user_id = $2 AND until > $3",
        number, user_id, now,
    )  # fmt: skip
    return int(row[0]) if row is not None and row[0] is not None else 0


# Threats to life


class Threat(msgspec.Struct, frozen=True):
    """What authorities are told of a threat to somebody's life or safety. Art. 18 DSA."""

    id: str
    case_number: int
    by_user: str
    at: int
    destination: str
    concerned: str
    summary: str
    sent_at: int | None
    sent_by: str
    sent_how: str


_THREAT = (
    "SELECT id, case_number, by_user, at, destination, concerned, summary, sent_at, sent_by, sent_how "
    "FROM threat_notice"
)


async def threats_of(source: Fetches, number: int) -> list[Threat]:
    """What was told of a case, the newest first."""
    rows = await source.fetch(f"{_THREAT} WHERE case_number = $1 ORDER BY at DESC, id", number)
    return [Threat(*row) for row in rows]


async def threat(source: Fetches, id: str) -> Threat | None:
    """One of them."""
    row = await source.fetch_one(f"{_THREAT} WHERE id = $1", id)
    return None if row is None else Threat(*row)


def add_threat(tx: Transaction, new: Threat) -> None:
    """Store one."""
    tx.execute(
        "INSERT INTO threat_notice VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', '')",
        new.id, new.case_number, new.by_user, new.at, new.destination, new.concerned, new.summary,
    )  # fmt: skip


def mark_sent(tx: Transaction, id: str, by: str, how: str, otherwise: Refused) -> None:
    """Note that it was handed over: once."""
    tx.conditional(
        "UPDATE threat_notice SET sent_at = $2, sent_by = $3, sent_how = $4 WHERE id = $1 AND sent_at IS NULL "
        "RETURNING id",
        id, tx.now, by, how, otherwise=otherwise,
    )  # fmt: skip
