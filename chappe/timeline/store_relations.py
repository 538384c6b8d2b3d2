"""All the SQL that reads how events relate. `rooms/relations.py` writes it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache

from chappe.ids import EventID, RoomID, UserID
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.storage import Database, Row
from chappe.stream import Place

Fetch = Callable[..., Awaitable[list[Row]]]
"""`Database.fetch`, or `scan`."""

_AGGREGATED = """
WITH parent(place) AS (SELECT * FROM each_int($1)),
    kind(rel_type) AS (VALUES ('m.replace'), ('m.thread'), ('m.reference'))
SELECT p.place, k.rel_type FROM parent p CROSS JOIN kind k
WHERE EXISTS (SELECT 1 FROM relation r WHERE r.parent = p.place AND r.rel_type = k.rel_type)
"""
_ANY_BETWEEN = "SELECT 1 FROM relation WHERE parent >= $1 AND parent <= $2 LIMIT 1"
_LATEST_EDIT = f"""
SELECT {COLUMNS} FROM (
    SELECT place FROM relation WHERE parent = $1 AND rel_type = 'm.replace' AND place > $2 AND place <= $3
    ORDER BY place DESC LIMIT $4
) AS latest JOIN event e ON e.place = latest.place ORDER BY e.origin_server_ts DESC, e.event_id DESC LIMIT 1
"""
_THREAD = """
SELECT COUNT(*), MAX(place), MAX(CASE WHEN sender = $4 THEN 1 ELSE 0 END) FROM (
    SELECT place, sender FROM relation WHERE parent = $1 AND rel_type = 'm.thread' AND place > $2 AND place <= $3
    ORDER BY place DESC LIMIT $5
) AS latest WHERE sender NOT IN (SELECT * FROM each_text($6))
"""
_REFERENCES = """
SELECT e.event_id FROM (
    SELECT place FROM relation WHERE parent = $1 AND rel_type = 'm.reference' AND place > $2 AND place <= $3
    AND sender NOT IN (SELECT * FROM each_text($5)) ORDER BY place DESC LIMIT $4
) AS latest JOIN event e ON e.place = latest.place ORDER BY e.place DESC
"""


_THREADS_BEFORE = """
SELECT root_place, latest FROM thread WHERE room_id = $1 AND latest <= $2 ORDER BY latest DESC LIMIT $3
"""
_THREADS_WITH = """
WITH root(place) AS (SELECT * FROM each_int($1))
SELECT place FROM root WHERE EXISTS (
    SELECT 1 FROM relation r WHERE r.parent = root.place AND r.rel_type = 'm.thread' AND r.sender = $2
)
"""


async def threads_before(reads: Reads, room_id: RoomID, upto: Place, limit: int) -> list[tuple[Place, Place]]:
    """The threads of a room, the one continued last first: places of the root and of the last event, up to `upto`."""
    return [(Place(row[0]), Place(row[1])) for row in await reads.fetch(_THREADS_BEFORE, room_id, upto, limit)]


async def threads_with(database: Database, roots: Sequence[Place], user_id: UserID) -> set[Place]:
    """Those of the threads in which the user has sent something."""
    return {Place(row[0]) for row in await database.scan(_THREADS_WITH, list(roots), user_id)}


async def aggregated_kinds(reads: Reads, parents: Sequence[Place]) -> list[tuple[Place, str]]:
    """Which of the events are related to in a way that is told besides them, and how."""
    # Mostly nothing is, which a single look at the stretch of the log that they lie in tells.
    if not parents or await reads.fetch_one(_ANY_BETWEEN, min(parents), max(parents)) is None:
        return []
    return [(Place(row[0]), row[1]) for row in await reads.fetch(_AGGREGATED, list(parents))]


async def latest_edit(reads: Reads, parent: Place, after: Place, upto: Place, searched: int) -> StoredEvent | None:
    """The edit of an event in (after, upto] that was sent last, among the `searched` edits at the end."""
    row = await reads.fetch_one(_LATEST_EDIT, parent, after, upto, searched)
    return from_row(row) if row else None


async def thread_summary(
    reads: Reads, root: Place, after: Place, upto: Place, user_id: UserID, without: frozenset[UserID], counted: int
) -> tuple[int, Place, bool]:
    """Of the last `counted` events of a thread in (after, upto]: how many there are, the last place, and whether the
    user sent one. Those of the people in `without` are left out."""
    row = await reads.fetch_one(_THREAD, root, after, upto, user_id, counted, list(without))
    return (row[0], Place(row[1]), bool(row[2])) if row and row[0] else (0, Place(0), False)


async def references(
    reads: Reads, parent: Place, after: Place, upto: Place, without: frozenset[UserID], limit: int
) -> list[EventID]:
    """The last events that reference an event in (after, upto], newest first."""
    return [EventID(row[0]) for row in await reads.fetch(_REFERENCES, parent, after, upto, limit, list(without))]


@cache
def _related_sql(has_rel_type: bool, has_type: bool, is_deep: bool, newest_first: bool) -> str:
    """What relates to an event: $1 is its place, $2 and $3 the range, $4 the limit, then what is asked for.

    An event that relates has one parent, so that what relates to it over several steps is a tree.
    """
    number = iter(range(5, 10))
    wanted = f" AND r.rel_type = ${next(number)}" if has_rel_type else ""
    wanted += f" AND r.type = ${next(number)}" if has_type else ""
    order = f"ORDER BY place {'DESC' if newest_first else 'ASC'} LIMIT $4"
    if not is_deep:
        return f"SELECT r.place FROM relation r WHERE r.parent = $1 AND r.place > $2 AND r.place <= $3{wanted} {order}"
    return f"""
WITH RECURSIVE related(place, step) AS (
    SELECT r.place, 1 FROM relation r WHERE r.parent = $1{wanted}
    UNION ALL
    SELECT r.place, t.step + 1 FROM related t JOIN relation r ON r.parent = t.place
    WHERE t.step < ${next(number)} AND r.place <= $3{wanted}
)
SELECT place FROM related WHERE place > $2 AND place <= $3 {order}
"""


async def related(
    fetch: Fetch,
    parent: Place,
    after: Place,
    upto: Place,
    limit: int,
    *,
    rel_type: str | None,
    type: str | None,
    steps: int,
    newest_first: bool,
) -> list[Place]:
    """The places in (after, upto] of what relates to an event over so many steps, each of the kind asked for."""
    sql = _related_sql(rel_type is not None, type is not None, steps > 1, newest_first)
    wanted: list[object] = [one for one in (rel_type, type) if one is not None]
    if steps > 1:
        wanted.append(steps)
    return [Place(row[0]) for row in await fetch(sql, parent, after, upto, limit, *wanted)]
