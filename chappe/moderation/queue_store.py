"""The SQL with which cases are found: queues, what they hold, searching. All of it is by index, however many."""

import msgspec

from chappe.moderation.records import Case
from chappe.moderation.store import CASE, Fetches, case_of
from chappe.moderation.words import ItemKind

COUNTED = 10_000
"""Up to where cases are counted exactly: a page says "more than" beyond, and takes no longer for a flood."""
MAX_LANGUAGES = 40
MAX_CLAIMS = 200


class Wanted(msgspec.Struct, frozen=True):
    """Which open cases of a queue: "" for any. `after` is the place of the last one of the page before."""

    language: str = ""
    room_id: str = ""
    author: str = ""
    category: str = ""
    rule: str = ""
    """How what an automatic filing says begins."""
    after: tuple[int, int, int] | None = None

    @property
    def names_something(self) -> bool:
        """Whether it narrows the queue."""
        return any((self.language, self.room_id, self.author, self.category, self.rule))


async def listed(source: Fetches, stream: str, wanted: Wanted, limit: int) -> list[Case]:
    """The open cases of a queue in the order in which they are due."""
    clauses, arguments = ["stream = $1", "state = 'open'"], [stream, limit]
    for column in ("language", "room_id", "author", "category"):
        if value := getattr(wanted, column):
            arguments.append(value)
            clauses.append(f"{column} = ${len(arguments)}")
    if wanted.rule:
        arguments.append(wanted.rule)
        at = len(arguments)
        clauses.append(
            "EXISTS (SELECT 1 FROM filing f WHERE f.case_number = moderation_case.number AND f.door = 'automatic' "
            f"AND substr(f.reason, 1, length(CAST(${at} AS TEXT))) = ${at})"
        )
    if wanted.after is not None:
        arguments += wanted.after
        at = len(arguments)
        clauses.append(f"(priority, opened_at, number) > (${at - 2}, ${at - 1}, ${at})")
    sql = f"{CASE} WHERE {' AND '.join(clauses)} ORDER BY priority, opened_at, number LIMIT $2"
    return [case_of(row) for row in await source.fetch(sql, *arguments)]


async def free(source: Fetches, stream: str, user_id: str, avoided: list[str], now: int, limit: int) -> list[Case]:
    """The cases of a queue that somebody could take, in the order in which they are due: nobody else works on them,
    they are not about something of theirs, and not of a category that they avoid."""
    rows = await source.fetch(
        f"{CASE} WHERE stream = $1 AND state = 'open' AND (claimed_by IN ('', $3) OR claimed_until <= $4) "
        "AND author <> $3 AND item <> $3 AND category NOT IN (SELECT * FROM each_text($5)) "
        "AND NOT EXISTS (SELECT 1 FROM filing f WHERE f.case_number = moderation_case.number AND f.by_user = $3) "
        "ORDER BY priority, opened_at, number LIMIT $2",
        stream, limit, user_id, now, avoided,
    )  # fmt: skip
    return [case_of(row) for row in rows]


async def count(source: Fetches, stream: str, before: int | None = None, most: int = COUNTED) -> int:
    """How many cases of a queue are open, or were opened before a time; `most` + 1 for more than that."""
    older = "" if before is None else " AND opened_at < $2"
    row = await source.fetch_one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM moderation_case WHERE stream = $1 AND state = 'open'"
        f"{older} LIMIT {most + 1}) counted",
        stream, *(() if before is None else (before,)),
    )  # fmt: skip
    return int(row[0]) if row is not None else 0


async def oldest(source: Fetches, stream: str) -> int | None:
    """Since when the oldest case of a queue waits."""
    row = await source.fetch_one(
        "SELECT MIN(opened_at) FROM moderation_case WHERE stream = $1 AND state = 'open'", stream
    )
    return row[0] if row is not None else None


async def languages(source: Fetches, stream: str) -> list[tuple[str, int]]:
    """The languages of a queue's open cases, with how many there are of each."""
    rows = await source.fetch(
        "WITH RECURSIVE found(language) AS ("
        "SELECT MIN(language) FROM moderation_case WHERE stream = $1 AND state = 'open' UNION ALL "
        "SELECT (SELECT MIN(language) FROM moderation_case WHERE stream = $1 AND state = 'open' "
        "AND language > found.language) FROM found WHERE found.language IS NOT NULL) "
        f"SELECT language, (SELECT COUNT(*) FROM (SELECT 1 FROM moderation_case c WHERE c.stream = $1 "
        f"AND c.state = 'open' AND c.language = found.language LIMIT {COUNTED + 1}) counted) "
        f"FROM found WHERE language IS NOT NULL LIMIT {MAX_LANGUAGES}",
        stream,
    )
    return [(row[0], int(row[1])) for row in rows]


async def opened_between(source: Fetches, since: int, until: int) -> int:
    """How many cases were opened in a time."""
    sql = "SELECT COUNT(*) FROM moderation_case WHERE opened_at >= $1 AND opened_at < $2"
    row = await source.fetch_one(sql, since, until)
    return int(row[0]) if row is not None else 0


async def decided_between(source: Fetches, since: int, until: int) -> int:
    """How many decisions were made in a time."""
    row = await source.fetch_one("SELECT COUNT(*) FROM decision WHERE at >= $1 AND at < $2", since, until)
    return int(row[0]) if row is not None else 0


async def claimed(source: Fetches, now: int) -> list[Case]:
    """The cases that somebody works on."""
    sql = f"{CASE} WHERE claimed_by <> '' AND claimed_until > $1 ORDER BY claimed_by, claimed_until LIMIT {MAX_CLAIMS}"
    return [case_of(row) for row in await source.fetch(sql, now)]


# Searching


async def of_item(source: Fetches, item: str, limit: int) -> list[Case]:
    """The newest cases about an event, a room or an account."""
    found: list[Case] = []
    for kind in ItemKind:
        sql = f"{CASE} WHERE kind = $1 AND item = $2 ORDER BY number DESC LIMIT $3"
        found += [case_of(row) for row in await source.fetch(sql, kind.value, item, limit)]
    return found


async def in_room(source: Fetches, room_id: str, limit: int) -> list[Case]:
    """The newest cases about what is in a room."""
    sql = f"{CASE} WHERE room_id = $1 ORDER BY number DESC LIMIT $2"
    return [case_of(row) for row in await source.fetch(sql, room_id, limit)]


async def filed_by(source: Fetches, user_id: str, limit: int) -> list[Case]:
    """The newest cases in which somebody filed something."""
    sql = (
        f"{CASE} WHERE number IN (SELECT case_number FROM filing WHERE by_user = $1 AND by_user <> '' "
        "ORDER BY filed_at DESC LIMIT $2) ORDER BY number DESC"
    )
    return [case_of(row) for row in await source.fetch(sql, user_id, limit)]


async def of_reference(source: Fetches, id: str) -> list[Case]:
    """The case of a decision, a filing or a complaint."""
    sql = (
        f"{CASE} WHERE number IN (SELECT case_number FROM decision WHERE id = $1 UNION ALL "
        "SELECT case_number FROM filing WHERE id = $1 UNION ALL SELECT case_number FROM complaint WHERE id = $1)"
    )
    return [case_of(row) for row in await source.fetch(sql, id)]
