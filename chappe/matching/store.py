"""All the SQL of matching."""

from collections.abc import Sequence

import msgspec

from chappe.errors import Refused
from chappe.ids import EventID, RoomID, UserID
from chappe.matching.match import Match
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.storage import Database, Outcome
from chappe.stream import Place, Transaction

LOADING, STAGED, LIVE, REPLACED, RETIRED, DROPPED = "loading", "staged", "live", "replaced", "retired", "dropped"

_LIST = """
import_id, name, version, kind, topic, source, owner, vetted, state, entries, digest, added_by, added_at, live_at,
    ended_at
"""
_BEGIN = """
INSERT INTO hash_list (import_id, name, version, kind, topic, source, owner, vetted, state, entries, digest, added_by,
    added_at)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), (SELECT COALESCE(MAX(version), 0) + 1 FROM hash_list WHERE name = $2),
    CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT), 'loading', 0, '',
    CAST($8 AS TEXT), CAST($9 AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM hash_list WHERE name = $2 AND kind <> $3)
RETURNING version
"""
_IS_LOADING = """
UPDATE hash_list SET state = 'loading' WHERE import_id = $1 AND state = 'loading' RETURNING import_id
"""
_ADD_CHUNK = """
INSERT INTO hash_chunk (import_id, number, hashes) VALUES ($1, $2, $3)
ON CONFLICT (import_id, number) DO UPDATE SET hashes = excluded.hashes
"""
_FINISH = """
UPDATE hash_list SET state = 'staged', entries = $2, digest = $3 WHERE import_id = $1 AND state = 'loading'
RETURNING version
"""
_REPLACE = """
UPDATE hash_list SET state = 'replaced', ended_at = $2
WHERE name = $1 AND state = 'live'
"""
_PUBLISH = """
UPDATE hash_list SET state = 'live', live_at = $2 WHERE import_id = $1 AND state = 'staged' AND digest = $3
RETURNING version
"""
_END = "UPDATE hash_list SET state = $2, ended_at = $3 WHERE import_id = $1 AND state = $4 RETURNING version"
_BY_ID = f"SELECT {_LIST} FROM hash_list WHERE import_id = $1"
_BY_VERSION = f"SELECT {_LIST} FROM hash_list WHERE name = $1 AND version = $2"
_IN_STATE = f"SELECT {_LIST} FROM hash_list WHERE state = $1 ORDER BY name, version"
_ALL = f"SELECT {_LIST} FROM hash_list WHERE state <> 'dropped' ORDER BY name, version DESC LIMIT $1"
_CHUNKS = """
SELECT number, hashes FROM hash_chunk WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT $3
"""
_LEFT_OVER = """
SELECT c.import_id, c.number FROM hash_chunk c JOIN hash_list l ON l.import_id = c.import_id
WHERE l.state IN ('replaced', 'retired', 'dropped') LIMIT $1
"""
_ABANDONED = "SELECT import_id FROM hash_list WHERE state = 'loading' AND added_at <= $1 LIMIT $2"
_DROP_CHUNK = "DELETE FROM hash_chunk WHERE import_id = $1 AND number = $2"

_EVENTS = f"""
SELECT {COLUMNS} FROM event e WHERE e.place > $1 AND e.place <= $2 AND e.redacted_by IS NULL ORDER BY e.place LIMIT $3
"""
_EVENT = f"SELECT {COLUMNS} FROM event e WHERE e.event_id = $1 AND e.redacted_by IS NULL"
_MATCH = "SELECT 1 FROM media_match WHERE match_id = $1"
_ADD_MATCH = """
INSERT INTO media_match (match_id, list_name, version, kind, topic, vetted, distance, quality, media_id, uploader,
    event_id, room_id, sender, found_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (match_id) DO NOTHING RETURNING match_id
"""
_MATCHES = """
SELECT match_id, list_name, version, kind, topic, vetted, distance, quality, media_id, uploader, event_id, room_id,
    sender
FROM media_match ORDER BY found_at DESC, match_id LIMIT $1
"""
_CLEAR = "INSERT INTO cleared_file (sha256, why, cleared_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING"
_UNCLEAR = "DELETE FROM cleared_file WHERE sha256 = $1"
_CLEARED = "SELECT sha256 FROM cleared_file"
_AWAIT = """
INSERT INTO awaited_media (media_id, event_id, room_id, sender) VALUES ($1, $2, $3, $4)
ON CONFLICT (media_id, event_id) DO NOTHING
"""
_AWAITED = """
SELECT media_id, event_id, room_id, sender FROM awaited_media WHERE media_id > $1 OR (media_id = $1 AND event_id > $2)
ORDER BY media_id, event_id LIMIT $3
"""
_COME = "DELETE FROM awaited_media WHERE media_id = $1 AND event_id = $2"


class HashList(msgspec.Struct, frozen=True):
    """A version of a list, without its hashes."""

    import_id: str
    name: str
    version: int
    kind: str
    topic: str
    source: str
    owner: str
    vetted: int
    state: str
    entries: int
    digest: str
    added_by: str
    added_at: int
    live_at: int | None
    ended_at: int | None


class Awaited(msgspec.Struct, frozen=True):
    """Media that an event names and that is not there yet."""

    media_id: str
    event_id: EventID
    room_id: RoomID
    sender: UserID


def begin(
    tx: Transaction,
    import_id: str,
    name: str,
    kind: str,
    topic: str,
    source: str,
    owner: str,
    *,
    vetted: bool,
    by: str,
    otherwise: Refused,
) -> Outcome:
    """Queue the next version of a list; `otherwise` if the name is taken by lists of the other kind."""
    return tx.conditional(
        _BEGIN, import_id, name, kind, topic, source, owner, int(vetted), by, tx.now, otherwise=otherwise
    )


def add_chunk(tx: Transaction, import_id: str, number: int, hashes: bytes, *, otherwise: Refused) -> None:
    """Queue a part of it, while it is loading. The same part again takes its place."""
    tx.conditional(_IS_LOADING, import_id, otherwise=otherwise)
    tx.execute(_ADD_CHUNK, import_id, number, hashes)


def finish(tx: Transaction, import_id: str, entries: int, digest: str, *, otherwise: Refused) -> None:
    """Queue that it is whole."""
    tx.conditional(_FINISH, import_id, entries, digest, otherwise=otherwise)


def publish(tx: Transaction, found: HashList, digest: str, *, otherwise: Refused) -> None:
    """Queue that it is used from now on, in the place of the one before."""
    tx.execute(_REPLACE, found.name, tx.now)
    tx.conditional(_PUBLISH, found.import_id, tx.now, digest, otherwise=otherwise)


def end(tx: Transaction, import_id: str, before: str, state: str, *, otherwise: Refused) -> None:
    """Queue that a version which was in one state is in another, and is not used."""
    tx.conditional(_END, import_id, state, tx.now, before, otherwise=otherwise)


async def by_id(reads: Reads, import_id: str) -> HashList | None:
    """A version of a list."""
    row = await reads.fetch_one(_BY_ID, import_id)
    return HashList(*row) if row is not None else None


async def by_version(reads: Reads, name: str, version: int) -> HashList | None:
    """The same, by its name and number."""
    row = await reads.fetch_one(_BY_VERSION, name, version)
    return HashList(*row) if row is not None else None


async def in_state(reads: Reads, state: str) -> list[HashList]:
    """All versions in a state."""
    return [HashList(*row) for row in await reads.fetch(_IN_STATE, state)]


async def all_lists(reads: Reads, limit: int) -> list[HashList]:
    """All versions that were ever whole, the newest of a name first."""
    return [HashList(*row) for row in await reads.fetch(_ALL, limit)]


async def chunks(database: Database, import_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Parts of a list, in order."""
    return [(int(row[0]), bytes(row[1])) for row in await database.scan(_CHUNKS, import_id, after, limit)]


async def left_over(database: Database, limit: int) -> list[tuple[str, int]]:
    """Parts of lists that are not used any more."""
    return [(str(row[0]), int(row[1])) for row in await database.scan(_LEFT_OVER, limit)]


async def abandoned(database: Database, before: int, limit: int) -> list[str]:
    """Lists that began to load long ago, and never became whole."""
    return [str(row[0]) for row in await database.scan(_ABANDONED, before, limit)]


def drop_chunks(tx: Transaction, parts: Sequence[tuple[str, int]]) -> None:
    """Queue the end of parts."""
    for import_id, number in parts:
        tx.execute(_DROP_CHUNK, import_id, number)


async def events_between(reads: Reads, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The first events of a shard in (after, upto]."""
    return [from_row(row) for row in await reads.fetch(_EVENTS, after, upto, limit)]


async def event_named(reads: Reads, event_id: EventID) -> StoredEvent | None:
    """An event by its id, unless it was redacted."""
    row = await reads.fetch_one(_EVENT, event_id)
    return from_row(row) if row is not None else None


async def has_match(reads: Reads, match_id: str) -> bool:
    """Whether this was found before."""
    return await reads.fetch_one(_MATCH, match_id) is not None


def add_match(tx: Transaction, match: Match) -> None:
    """Queue a match. Of many at once, one is recorded; the others' acts run again, and find it."""
    tx.conditional(
        _ADD_MATCH, match.match_id, match.list_name, match.version, match.kind, match.topic, int(match.vetted),
        match.distance, match.quality, match.media_id, match.uploader, match.event_id, match.room_id, match.sender,
        tx.now, otherwise=None,
    )  # fmt: skip


async def matches(reads: Reads, limit: int) -> list[Match]:
    """The newest matches."""
    found = []
    for row in await reads.fetch(_MATCHES, limit):
        match_id, name, version, kind, topic, vetted, *rest = row
        found.append(Match(match_id, name, version, kind, topic, bool(vetted), *rest))
    return found


def clear(tx: Transaction, sha256: bytes, why: str) -> None:
    """Queue that lists say nothing of a file any more."""
    tx.execute(_CLEAR, sha256, why, tx.now)


def unclear(tx: Transaction, sha256: bytes) -> None:
    """Queue the end of that."""
    tx.execute(_UNCLEAR, sha256)


async def cleared(database: Database) -> list[bytes]:
    """The hashes of all such files."""
    return [bytes(row[0]) for row in await database.scan(_CLEARED)]


def await_media(tx: Transaction, awaited: Awaited) -> None:
    """Queue that media is to be looked at when it comes."""
    tx.execute(_AWAIT, awaited.media_id, awaited.event_id, awaited.room_id, awaited.sender)


async def awaited_after(database: Database, media_id: str, event_id: str, limit: int) -> list[Awaited]:
    """What is waited for, in order."""
    return [Awaited(*row) for row in await database.scan(_AWAITED, media_id, event_id, limit)]


def stop_awaiting(tx: Transaction, media_id: str, event_id: str) -> None:
    """Queue that it has come, or never will."""
    tx.execute(_COME, media_id, event_id)
