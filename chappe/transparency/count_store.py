"""The SQL that counts what is in the desk's register. It only reads, a part at a time, beside the loop."""

from typing import NamedTuple

from chappe.storage import Database, Row

_IN_PERIOD = "d.at >= $1 AND d.at < $2 AND d.outcome = 'restricted'"
_IS_NOTICE = "n.door || '' = 'notice'"
"""Written so that no index of doors is taken for it: that of cases finds the few filings of one, and the other finds
every notice before a time."""
_FIRST_NOTICE = (
    f"(SELECT n.id FROM filing n WHERE n.case_number = d.case_number AND {_IS_NOTICE} AND n.filed_at <= d.at "
    "ORDER BY n.filed_at, n.id LIMIT 1)"
)
_DECISIONS = f"""
SELECT MIN(d.number), d.ground, d.source, d.category, f.category, f.keyword, COUNT(*)
FROM decision d LEFT JOIN filing f ON f.id = {_FIRST_NOTICE}
WHERE d.number > $3 AND d.number <= $4 AND {_IN_PERIOD}
GROUP BY d.ground, d.source, d.category, f.category, f.keyword
"""
_MEASURES = f"""
SELECT MIN(number), ground, category, keywords, keyword_other, kind, measure, detected, automation, is_own, COUNT(*)
FROM (
    SELECT d.number, d.ground, d.category, d.keywords, d.keyword_other, m.kind, m.measure, d.detected, d.automation,
        CASE WHEN d.source IN ('notice', 'trusted_flagger') OR EXISTS (
            SELECT 1 FROM filing n WHERE n.case_number = d.case_number AND {_IS_NOTICE} AND n.filed_at <= d.at
        ) THEN 0 ELSE 1 END AS is_own
    FROM decision d JOIN measure m ON m.decision = d.id
    WHERE d.number > $3 AND d.number <= $4 AND {_IN_PERIOD}
) AS taken
GROUP BY ground, category, keywords, keyword_other, kind, measure, detected, automation, is_own
"""
_NOTICES = """
SELECT f.category, f.keyword, f.flagger, ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN f.submission = '' THEN f.id ELSE f.submission END ORDER BY f.id
    ), CASE WHEN d.outcome = 'restricted' THEN d.applied_at - f.filed_at END, d.automation
FROM filing f LEFT JOIN decision d ON d.number = (
    SELECT MIN(later.number) FROM decision later WHERE later.case_number = f.case_number AND later.at >= f.filed_at
)
WHERE f.door = 'notice' AND f.filed_at >= $1 AND f.filed_at < $2
"""
_COMPLAINTS = """
SELECT c.state, CASE WHEN c.decided_at IS NOT NULL THEN c.decided_at - c.filed_at END, d.outcome, f.door, f.flagger,
    (SELECT MAX(CASE WHEN m.kind <> 'account' THEN 1 WHEN m.measure = 'limited' THEN 2 ELSE 3 END)
        FROM measure m WHERE m.decision = d.id), r.outcome
FROM complaint c LEFT JOIN decision d ON d.id = c.decision LEFT JOIN filing f ON f.id = c.filing
    LEFT JOIN decision r ON r.id = c.reversal
WHERE c.filed_at >= $1 AND c.filed_at < $2
"""


class Extent(NamedTuple):
    """Between which numbers the decisions of a period are, and how much there is to count."""

    first: int
    last: int
    decisions: int
    filed: int
    """Items of notices, and complaints."""


async def extent(database: Database, since: int, until: int) -> Extent:
    """How much there is to count in a period."""
    ((first, last, decisions),) = await database.scan(
        "SELECT MIN(number), MAX(number), COUNT(*) FROM decision WHERE at >= $1 AND at < $2", since, until
    )
    ((filings,),) = await database.scan(
        "SELECT COUNT(*) FROM filing WHERE door = 'notice' AND filed_at >= $1 AND filed_at < $2", since, until
    )
    ((complaints,),) = await database.scan(
        "SELECT COUNT(*) FROM complaint WHERE filed_at >= $1 AND filed_at < $2", since, until
    )
    return Extent(int(first or 1), int(last or 0), int(decisions), int(filings) + int(complaints))


async def first_of_all(database: Database) -> int | None:
    """When the first thing happened that is counted."""
    times = [
        (await database.scan(f"SELECT MIN({column}) FROM {table}"))[0][0]
        for column, table in (("at", "decision"), ("filed_at", "filing"), ("filed_at", "complaint"))
    ]
    return min((int(one) for one in times if one is not None), default=None)


async def decisions(database: Database, since: int, until: int, after: int, upto: int) -> list[Row]:
    """The first number, ground, source and category, the first notice's category and keyword, and how many: of the
    restricting decisions of a period with numbers after one, up to another."""
    return await database.scan(_DECISIONS, since, until, after, upto)


async def measures(database: Database, since: int, until: int, after: int, upto: int) -> list[Row]:
    """The same of measures: first number, ground, category, keywords, what other, kind, measure, whether a program
    detected and decided, whether it is our own initiative, and how many."""
    return await database.scan(_MEASURES, since, until, after, upto)


async def notices(database: Database, since: int, until: int) -> list[Row]:
    """A row for each item that a notice names: category, keyword, flagger, which item of its notice, how long until
    something was done about it, how that was decided."""
    return await database.scan(_NOTICES, since, until)


async def complaints(database: Database, since: int, until: int) -> list[Row]:
    """A row for each: state, how long it took, what was decided, the door and flagger of whoever filed, the strongest
    measure, what its reversal decided."""
    return await database.scan(_COMPLAINTS, since, until)


async def suspensions(database: Database, since: int, until: int) -> list[Row]:
    """How often processing was suspended for misuse, by what was misused; and accounts whose owners had been warned of
    what they post (Art. 23 DSA)."""
    rows = await database.scan(
        "SELECT kind, COUNT(*) FROM misuse_step WHERE step = 'suspended' AND at >= $1 AND at < $2 GROUP BY kind",
        since, until,
    )  # fmt: skip
    return rows + await database.scan(
        "SELECT 'content', COUNT(*) FROM measure m JOIN decision d ON d.id = m.decision WHERE m.kind = 'account' "
        "AND m.measure = 'suspended' AND d.at >= $1 AND d.at < $2 AND EXISTS (SELECT 1 FROM misuse_step w WHERE "
        "w.whom = m.subject AND w.kind = 'content' AND w.step = 'warned' AND w.at < d.at AND w.lifted_at IS NULL)",
        since, until,
    )  # fmt: skip


async def judged_again(database: Database, since: int, until: int) -> list[Row]:
    """Decisions of a period that no person made, drawn by chance and judged again: source, outcome, what the second
    look would have decided, how many."""
    return await database.scan(
        "SELECT d.source, d.outcome, s.outcome, COUNT(*) FROM review_sample s JOIN decision d ON d.id = s.decision "
        "WHERE s.judged_by <> '' AND s.why = 'share' AND d.automation = 'fully' AND d.at >= $1 AND d.at < $2 "
        "GROUP BY d.source, d.outcome, s.outcome",
        since, until,
    )  # fmt: skip


class Register(NamedTuple):
    """How much of each there is, counted otherwise than for the report: what its totals are compared with."""

    by_ground: dict[str, int]
    measures: int
    notices: int
    items: int
    complaints: int


async def register(database: Database, since: int, until: int) -> Register:
    """The plain counts of a period."""
    grounds = await database.scan(
        f"SELECT d.ground, COUNT(*) FROM decision d WHERE {_IN_PERIOD} GROUP BY d.ground", since, until
    )
    ((measures_,),) = await database.scan(
        f"SELECT COUNT(*) FROM measure WHERE decision IN (SELECT d.id FROM decision d WHERE {_IN_PERIOD})", since, until
    )
    ((items, notices_),) = await database.scan(
        "SELECT COUNT(*), COUNT(DISTINCT CASE WHEN submission = '' THEN id ELSE submission END) FROM filing "
        "WHERE door = 'notice' AND filed_at >= $1 AND filed_at < $2",
        since, until,
    )  # fmt: skip
    ((complaints_,),) = await database.scan(
        "SELECT COUNT(*) FROM complaint WHERE filed_at >= $1 AND filed_at < $2", since, until
    )
    by_ground = {str(ground): int(count) for ground, count in grounds}
    return Register(by_ground, int(measures_), int(notices_), int(items), int(complaints_))
