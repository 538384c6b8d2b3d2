"""All the SQL of rules."""

import msgspec

from chappe.errors import Refused
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.rules.facts import Facts, Happening
from chappe.rules.rule import Action, Hit, Rule, Stage
from chappe.storage import Database, Outcome, Row
from chappe.stream import Place, Transaction

_RULE = (
    "name, version, happening, expression, action, topic, why, owner, stage, added_by, added_at, expires_at, live_at, "
    "ended_at"
)
_ADD = """
INSERT INTO rule (name, version, happening, expression, action, topic, why, owner, stage, added_by, added_at,
    expires_at)
SELECT CAST($1 AS TEXT), (SELECT COALESCE(MAX(version), 0) + 1 FROM rule WHERE name = $1), CAST($2 AS TEXT),
    CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), 'shadow',
    CAST($8 AS TEXT), CAST($9 AS BIGINT), CAST($10 AS BIGINT)
WHERE (SELECT COUNT(*) FROM rule WHERE stage <> 'retired' AND expires_at > $9) < $11
RETURNING version
"""
_END_SHADOWS = "UPDATE rule SET stage = 'retired', ended_at = $2 WHERE name = $1 AND stage = 'shadow'"
_END_LIVE = "UPDATE rule SET stage = 'retired', ended_at = $2 WHERE name = $1 AND stage = 'live'"
_GO_LIVE = """
UPDATE rule SET stage = 'live', live_at = $3
WHERE name = $1 AND version = $2 AND stage = 'shadow' AND expires_at > $3 RETURNING version
"""
_RETIRE = """
UPDATE rule SET stage = 'retired', ended_at = $3 WHERE name = $1 AND version = $2 AND stage <> 'retired'
RETURNING version
"""
_ONE = f"SELECT {_RULE} FROM rule WHERE name = $1 AND version = $2"
_ON = f"SELECT {_RULE} FROM rule WHERE stage <> 'retired' AND expires_at > $1 ORDER BY name, version"
_ALL = f"SELECT {_RULE} FROM rule ORDER BY name, version DESC LIMIT $1"

_ADD_HIT = """
INSERT INTO rule_hit (hit_id, rule, version, happening, action, is_live, facts, sender, room_id, event_id, found_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (hit_id) DO NOTHING
"""
_HAS_HIT = "SELECT 1 FROM rule_hit WHERE hit_id = $1"
_HITS = """
SELECT hit_id, rule, version, happening, action, is_live, facts, sender, room_id, event_id, found_at FROM rule_hit
WHERE rule = $1 AND version = $2 ORDER BY found_at DESC, hit_id LIMIT $3
"""
_COUNTS = "SELECT rule, version, is_live, COUNT(*) FROM rule_hit GROUP BY rule, version, is_live"
_OLD_HITS = "SELECT hit_id FROM rule_hit WHERE found_at <= $1 LIMIT $2"
_DROP_HIT = "DELETE FROM rule_hit WHERE hit_id = $1"

_PROTECT = """
INSERT INTO room_protection (room_id, kind, seconds, until, by_whom, why, since) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (room_id, kind) DO UPDATE SET seconds = excluded.seconds, until = excluded.until,
    by_whom = excluded.by_whom, why = excluded.why, since = excluded.since
"""
_UNPROTECT = "DELETE FROM room_protection WHERE room_id = $1 AND kind = $2"
_PROTECTIONS = """
SELECT room_id, kind, seconds, until, by_whom, why, since FROM room_protection WHERE until > $1
ORDER BY since DESC, room_id, kind
"""

_WATCH = """
INSERT INTO watched_list (name, room_id, added_by, added_at)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)
WHERE (SELECT COUNT(*) FROM watched_list) < $5
ON CONFLICT (name) DO NOTHING RETURNING name
"""
_UNWATCH = "DELETE FROM watched_list WHERE name = $1 RETURNING name"
_WATCHED = "SELECT name, room_id FROM watched_list ORDER BY name"

_PAST = f"""
SELECT {COLUMNS} FROM event e WHERE e.place > $1 AND e.place <= $2 AND e.redacted_by IS NULL
ORDER BY e.place DESC LIMIT $3
"""


class Protection(msgspec.Struct, frozen=True):
    """What protects a room. `kind` is `pause` or `slow`."""

    room_id: str
    kind: str
    seconds: int
    until: int
    by_whom: str
    why: str
    since: int


def add(tx: Transaction, rule: Rule, most: int, *, otherwise: Refused) -> Outcome:
    """Queue a rule's next version, in shadow, in the place of one that was."""
    tx.execute(_END_SHADOWS, rule.name, tx.now)
    return tx.conditional(
        _ADD, rule.name, rule.happening.value, rule.expression, rule.action.value, rule.topic, rule.why, rule.owner,
        rule.added_by, tx.now, rule.expires_at, most, otherwise=otherwise,
    )  # fmt: skip


def go_live(tx: Transaction, name: str, version: int, *, otherwise: Refused) -> None:
    """Queue that a version acts, in the place of the one before."""
    tx.execute(_END_LIVE, name, tx.now)
    tx.conditional(_GO_LIVE, name, version, tx.now, otherwise=otherwise)


def retire(tx: Transaction, name: str, version: int, *, otherwise: Refused) -> None:
    """Queue that a version looks at nothing any more."""
    tx.conditional(_RETIRE, name, version, tx.now, otherwise=otherwise)


async def rule(reads: Reads, name: str, version: int) -> Rule | None:
    """A version of a rule."""
    row = await reads.fetch_one(_ONE, name, version)
    return _rule(row) if row is not None else None


async def on(reads: Reads, now: int) -> list[Rule]:
    """All rules that look at what happens."""
    return [_rule(row) for row in await reads.fetch(_ON, now)]


async def all_rules(reads: Reads, limit: int) -> list[Rule]:
    """All versions, the newest of a name first."""
    return [_rule(row) for row in await reads.fetch(_ALL, limit)]


def _rule(row: Row) -> Rule:
    name, version, happening, expression, action, topic, why, owner, stage, *rest = row
    return Rule(name, version, Happening(happening), expression, Action(action), topic, why, owner, Stage(stage), *rest)


def add_hit(tx: Transaction, hit: Hit) -> None:
    """Queue a hit."""
    tx.execute(
        _ADD_HIT, hit.hit_id, hit.rule, hit.version, hit.happening.value, hit.action.value, int(hit.is_live),
        msgspec.json.encode(hit.facts), hit.sender, hit.room_id, hit.event_id, tx.now,
    )  # fmt: skip


async def has_hit(reads: Reads, hit_id: str) -> bool:
    """Whether it was recorded."""
    return await reads.fetch_one(_HAS_HIT, hit_id) is not None


class ToldHit(msgspec.Struct, frozen=True):
    """A hit, for a page."""

    happening: str
    action: str
    is_live: bool
    facts: Facts
    sender: str
    room_id: str
    event_id: str
    found_at: int


async def hits(reads: Reads, name: str, version: int, limit: int) -> list[ToldHit]:
    """The newest hits of a version of a rule."""
    found = []
    for row in await reads.fetch(_HITS, name, version, limit):
        _, _, _, happening, action, is_live, facts, *rest = row
        found.append(ToldHit(happening, action, bool(is_live), msgspec.json.decode(bytes(facts)), *rest))
    return found


async def counts(database: Database) -> dict[tuple[str, int], dict[bool, int]]:
    """How many hits each version has: those that did something, and those that would have."""
    found: dict[tuple[str, int], dict[bool, int]] = {}
    for name, version, is_live, number in await database.scan(_COUNTS):
        found.setdefault((name, version), {})[bool(is_live)] = number
    return found


async def old_hits(database: Database, before: int, limit: int) -> list[str]:
    """Hits of long ago."""
    return [row[0] for row in await database.scan(_OLD_HITS, before, limit)]


def drop_hits(tx: Transaction, hit_ids: list[str]) -> None:
    """Queue their end."""
    for hit_id in hit_ids:
        tx.execute(_DROP_HIT, hit_id)


def protect(tx: Transaction, protection: Protection) -> None:
    """Queue what protects a room, in the place of the same kind."""
    tx.execute(
        _PROTECT, protection.room_id, protection.kind, protection.seconds, protection.until, protection.by_whom,
        protection.why, protection.since,
    )  # fmt: skip


def unprotect(tx: Transaction, room_id: str, kind: str) -> None:
    """Queue its end."""
    tx.execute(_UNPROTECT, room_id, kind)


async def protections(reads: Reads, now: int) -> list[Protection]:
    """What protects rooms now."""
    return [Protection(*row) for row in await reads.fetch(_PROTECTIONS, now)]


def watch(tx: Transaction, name: str, room_id: str, by: str, most: int, *, otherwise: Refused) -> None:
    """Queue that a room's policy rules are watched."""
    tx.conditional(_WATCH, name, room_id, by, tx.now, most, otherwise=otherwise)


def unwatch(tx: Transaction, name: str, *, otherwise: Refused) -> None:
    """Queue the end of that."""
    tx.conditional(_UNWATCH, name, otherwise=otherwise)


async def watched(reads: Reads) -> list[tuple[str, str]]:
    """The names of watched lists, and their rooms."""
    return [(row[0], row[1]) for row in await reads.fetch(_WATCHED)]


async def newest_events(database: Database, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The newest events of a shard in (after, upto], the newest first."""
    return [from_row(row) for row in await database.scan(_PAST, after, upto, limit)]
