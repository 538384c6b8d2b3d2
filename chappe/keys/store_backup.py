"""All the SQL about key backups.

Acts on one person's backups take turns, so that what they read here still holds when they commit.
"""

from typing import Protocol

import msgspec

from chappe.ids import UserID
from chappe.rooms.reading import Reads
from chappe.storage import Row
from chappe.stream import Transaction


class Scans(Protocol):
    """A database, for reads of many rows."""

    async def scan(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...


class Backup(msgspec.Struct, frozen=True):
    """A backup without its keys."""

    version: int
    algorithm: str
    auth_data: bytes
    etag: int
    count: int
    size_bytes: int
    deleted_at: int | None


class Key(msgspec.Struct, frozen=True):
    """The key of one session as a client encrypted it, and what the server is told of it."""

    room_id: str
    session_id: str
    is_verified: bool
    first_message_index: int
    forwarded_count: int
    session_data: bytes


_BACKUPS = """
SELECT version, algorithm, auth_data, etag, count, size_bytes, deleted_at FROM key_backup
WHERE user_id = $1 ORDER BY version
"""
_ADD_BACKUP = """
INSERT INTO key_backup (user_id, version, algorithm, auth_data, etag, count, size_bytes)
VALUES ($1, $2, $3, $4, 0, 0, 0)
"""
_SET_AUTH_DATA = "UPDATE key_backup SET auth_data = $3 WHERE user_id = $1 AND version = $2"
_SET_DELETED = "UPDATE key_backup SET deleted_at = $3 WHERE user_id = $1 AND version = $2"
_SET_TOTALS = "UPDATE key_backup SET etag = $3, count = $4, size_bytes = $5 WHERE user_id = $1 AND version = $2"
_PUT_KEY = """
INSERT INTO backed_up_key (user_id, version, room_id, session_id, is_verified, first_message_index, forwarded_count,
    session_data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET
    is_verified = excluded.is_verified,
    first_message_index = excluded.first_message_index,
    forwarded_count = excluded.forwarded_count,
    session_data = excluded.session_data
"""
_KEY = "SELECT room_id, session_id, is_verified, first_message_index, forwarded_count, session_data FROM backed_up_key"
_KEYS_OF_SESSIONS = f"""
{_KEY} WHERE user_id = $1 AND version = $2 AND room_id = $3 AND session_id IN (SELECT * FROM each_text($4))
"""
_KEYS_AFTER = f"""
{_KEY} WHERE user_id = $1 AND version = $2 AND (room_id, session_id) > ($3, $4)
ORDER BY room_id, session_id LIMIT $5
"""
_KEYS_OF_ROOM_AFTER = f"""
{_KEY} WHERE user_id = $1 AND version = $2 AND room_id = $3 AND session_id > $4 ORDER BY session_id LIMIT $5
"""
_ERASE_KEYS = """
DELETE FROM backed_up_key WHERE user_id = $1 AND version = $2
AND (room_id, session_id) >= ($3, $4) AND (room_id, session_id) <= ($5, $6)
"""
# The highest version stays, so that none is given twice.
_ERASE_BACKUP = """
DELETE FROM key_backup WHERE user_id = $1 AND version = $2
AND version < (SELECT MAX(version) FROM key_backup WHERE user_id = $1)
"""
_EMPTY_BACKUP = """
UPDATE key_backup SET algorithm = '', auth_data = $3, count = 0, size_bytes = 0 WHERE user_id = $1 AND version = $2
"""
_FORGET_ERASED = "DELETE FROM key_backup WHERE user_id = $1 AND algorithm = ''"


async def backups(reads: Reads, user_id: UserID) -> list[Backup]:
    """All backups of a person by version, deleted ones included."""
    return [Backup(*row) for row in await reads.fetch(_BACKUPS, user_id)]


def add_backup(tx: Transaction, user_id: UserID, version: int, algorithm: str, auth_data: bytes) -> None:
    """Queue a new backup without keys. It shows from now on which versions there have been."""
    tx.execute(_FORGET_ERASED, user_id)
    tx.execute(_ADD_BACKUP, user_id, version, algorithm, auth_data)


def set_auth_data(tx: Transaction, user_id: UserID, version: int, auth_data: bytes) -> None:
    """Queue other auth_data for a backup."""
    tx.execute(_SET_AUTH_DATA, user_id, version, auth_data)


def set_deleted(tx: Transaction, user_id: UserID, version: int) -> None:
    """Queue that nobody sees a backup any more."""
    tx.execute(_SET_DELETED, user_id, version, tx.now)


def set_totals(tx: Transaction, user_id: UserID, version: int, etag: int, count: int, size_bytes: int) -> None:
    """Queue what is known of all keys of a backup together."""
    tx.execute(_SET_TOTALS, user_id, version, etag, count, size_bytes)


def put_key(tx: Transaction, user_id: UserID, version: int, key: Key) -> None:
    """Queue a key, in place of the one its session has."""
    tx.execute(
        _PUT_KEY,
        user_id,
        version,
        key.room_id,
        key.session_id,
        int(key.is_verified),
        key.first_message_index,
        key.forwarded_count,
        key.session_data,
    )


async def keys_of_sessions(
    reads: Reads, user_id: UserID, version: int, room_id: str, session_ids: list[str]
) -> list[Key]:
    """The keys of some sessions of a room, of those that have one."""
    return [_key(row) for row in await reads.fetch(_KEYS_OF_SESSIONS, user_id, version, room_id, session_ids)]


async def keys_after(
    scans: Scans, user_id: UserID, version: int, room_id: str | None, after: tuple[str, str], limit: int
) -> list[Key]:
    """The next keys behind a room and session, by room and session; of one room, or of all."""
    if room_id is None:
        rows = await scans.scan(_KEYS_AFTER, user_id, version, *after, limit)
    else:
        rows = await scans.scan(_KEYS_OF_ROOM_AFTER, user_id, version, room_id, after[1], limit)
    return [_key(row) for row in rows]


def erase_keys(tx: Transaction, user_id: UserID, version: int, first: Key, last: Key) -> None:
    """Queue that all keys from one to another go."""
    sessions = (first.room_id, first.session_id, last.room_id, last.session_id)
    tx.execute(_ERASE_KEYS, user_id, version, *sessions)


def erase_backup(tx: Transaction, user_id: UserID, version: int) -> None:
    """Queue that a backup goes whose keys are gone. Only through `holds.erase`."""
    tx.execute(_EMPTY_BACKUP, user_id, version, b"{}")
    tx.execute(_ERASE_BACKUP, user_id, version)


def _key(row: Row) -> Key:
    return Key(row[0], row[1], bool(row[2]), row[3], row[4], bytes(row[5]))
