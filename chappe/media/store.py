"""All the SQL of media."""

import msgspec

from chappe.errors import Refused
from chappe.ids import UserID
from chappe.media.spool import Received
from chappe.storage import Database
from chappe.stream import Transaction

_ADD = """
INSERT INTO media (media_id, file_key, uploader, content_type, filename, size_bytes, sha256, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_MEDIA = """
SELECT media_id, file_key, uploader, content_type, filename, size_bytes, sha256, removed_at FROM media
WHERE media_id = $1
"""
_OF_UPLOADER = "SELECT media_id FROM media WHERE uploader = $1 AND media_id > $2 ORDER BY media_id LIMIT $3"
_UPLOADED_BYTES = """
SELECT (SELECT COALESCE(SUM(size_bytes), 0) FROM media WHERE uploader = $1)
    + (SELECT COALESCE(SUM(length_bytes), 0) FROM unfinished_upload WHERE user_id = $1 AND media_id <> $2)
"""
_KEYS_IN_USE = "SELECT file_key FROM media WHERE file_key IN (SELECT * FROM each_text($1))"
_MARK_REMOVED = "UPDATE media SET removed_at = $2 WHERE media_id = $1 AND removed_at IS NULL"
_ERASE = "DELETE FROM media WHERE media_id = $1"

_RESERVE = """
INSERT INTO reserved_media (media_id, user_id, expires_at)
SELECT $1, $2, CAST($3 AS BIGINT)
WHERE (SELECT COUNT(*) FROM reserved_media WHERE user_id = $2 AND expires_at > $4) < $5
RETURNING media_id
"""
_RESERVATION = "SELECT user_id, expires_at FROM reserved_media WHERE media_id = $1"
_USE_RESERVATION = "DELETE FROM reserved_media WHERE media_id = $1 AND user_id = $2 RETURNING media_id"
_DROP_RESERVATION = "DELETE FROM reserved_media WHERE media_id = $1"
_EXPIRED = "SELECT media_id FROM reserved_media WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"

_BEGIN = """
INSERT INTO unfinished_upload (media_id, file_key, user_id, content_type, filename, length_bytes, received_bytes)
SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), 0
FROM (
    SELECT COUNT(*) AS uploads, COALESCE(SUM(length_bytes), 0) AS bytes FROM unfinished_upload
    WHERE user_id = $3 AND media_id <> $1
) AS others
WHERE uploads = 0 OR (uploads < $7 AND bytes + $6 <= $8)
ON CONFLICT (media_id) DO UPDATE SET file_key = excluded.file_key, content_type = excluded.content_type,
    filename = excluded.filename, length_bytes = excluded.length_bytes, received_bytes = 0
RETURNING media_id
"""
_RECEIVED = """
UPDATE unfinished_upload SET received_bytes = $3 WHERE media_id = $1 AND file_key = $2 RETURNING media_id
"""
_UNFINISHED = """
SELECT media_id, file_key, user_id, content_type, filename, length_bytes, received_bytes FROM unfinished_upload
WHERE media_id = $1
"""
_UNFINISHED_OF = "SELECT media_id FROM unfinished_upload WHERE user_id = $1 ORDER BY media_id LIMIT $2"
_UNFINISHED_KEYS = "SELECT file_key FROM unfinished_upload WHERE file_key IN (SELECT * FROM each_text($1))"
_DROP_UNFINISHED = "DELETE FROM unfinished_upload WHERE media_id = $1"

_UNLINK = "INSERT INTO unlinked_file (file_key, media_id) VALUES ($1, $2) ON CONFLICT (file_key) DO NOTHING"
_UNLINKED = "SELECT file_key, media_id FROM unlinked_file ORDER BY file_key LIMIT $1"
_DELETED = "DELETE FROM unlinked_file WHERE file_key = $1"


class Media(msgspec.Struct, frozen=True):
    """Something that was uploaded."""

    media_id: str
    file_key: str
    uploader: UserID
    content_type: str
    filename: str | None
    size_bytes: int
    sha256: bytes
    removed_at: int | None


class UnfinishedUpload(msgspec.Struct, frozen=True):
    """An upload that comes in several requests, as far as it is."""

    media_id: str
    file_key: str
    user_id: UserID
    content_type: str
    filename: str | None
    length_bytes: int
    received_bytes: int


class Reservation(msgspec.Struct, frozen=True):
    """Who may upload under an id, and until when (milliseconds since 1970)."""

    user_id: UserID
    expires_at: int


def add(
    tx: Transaction, media_id: str, uploader: UserID, content_type: str, filename: str | None, file: Received
) -> None:
    """Queue a new row of media."""
    tx.append(_ADD, media_id, file.key, uploader, content_type, filename, file.size_bytes, file.sha256, tx.now)


async def media(reads: Database | Transaction, media_id: str) -> Media | None:
    """What is known of an id; also of something removed that is still held."""
    row = await reads.fetch_one(_MEDIA, media_id)
    return Media(*row) if row is not None else None


async def media_ids_of(database: Database, uploader: UserID, after: str, limit: int) -> list[str]:
    """The ids of what a person has uploaded, in order, from behind `after` on."""
    return [row[0] for row in await database.scan(_OF_UPLOADER, uploader, after, limit)]


async def uploaded_bytes(database: Database, uploader: UserID, besides: str) -> int:
    """How much a person has uploaded in all, with what they have begun to upload; `besides` is a media id left out."""
    return int((await database.scan(_UPLOADED_BYTES, uploader, besides))[0][0])


async def keys_in_use(database: Database, keys: list[str]) -> set[str]:
    """Those of the file keys that media is stored under."""
    return {row[0] for row in await database.scan(_KEYS_IN_USE, keys)}


def mark_removed(tx: Transaction, media_id: str) -> None:
    """Queue that it is not shown any more."""
    tx.execute(_MARK_REMOVED, media_id, tx.now)


def erase_media(tx: Transaction, media: Media) -> None:
    """Queue the end of the row, and that its file is to be deleted."""
    tx.execute(_ERASE, media.media_id)
    tx.execute(_UNLINK, media.file_key, media.media_id)


def reserve(
    tx: Transaction, media_id: str, user_id: UserID, expires_at: int, at_once: int, *, otherwise: Refused
) -> None:
    """Queue a reservation, of which one person has at most so many `at_once`."""
    tx.conditional(_RESERVE, media_id, user_id, expires_at, tx.now, at_once, otherwise=otherwise)


async def reservation(reads: Database | Transaction, media_id: str) -> Reservation | None:
    """Who may upload under an id that was given out, if nobody has yet."""
    row = await reads.fetch_one(_RESERVATION, media_id)
    return Reservation(*row) if row is not None else None


async def is_reserved(reads: Database | Transaction, media_id: str) -> bool:
    """Whether an id was given out that nothing was uploaded under yet."""
    return await reservation(reads, media_id) is not None


def use_reservation(tx: Transaction, media_id: str, user_id: UserID, *, otherwise: Refused) -> None:
    """Queue that the id is used up. Of many at once, one gets it."""
    tx.conditional(_USE_RESERVATION, media_id, user_id, otherwise=otherwise)


def drop_reservation(tx: Transaction, media_id: str) -> None:
    """Queue that nobody may upload under the id any more."""
    tx.execute(_DROP_RESERVATION, media_id)


async def expired_reservations(database: Database, now: int, limit: int) -> list[str]:
    """Ids that nothing was uploaded under in time."""
    return [row[0] for row in await database.scan(_EXPIRED, now, limit)]


async def unlinked_files(database: Database, limit: int) -> list[tuple[str, str]]:
    """Files that are still to be deleted: their keys, each with its media id."""
    return [(row[0], row[1]) for row in await database.scan(_UNLINKED, limit)]


def forget_unlinked(tx: Transaction, key: str) -> None:
    """Queue that the file is deleted."""
    tx.execute(_DELETED, key)


def begin_upload(
    tx: Transaction, upload: UnfinishedUpload, at_once: int, bytes_at_once: int, *, otherwise: Refused
) -> None:
    """Queue an upload that begins, in the place of one for the same id.

    A person has at most so many `at_once`, and together so many bytes; one of any length they always may.
    """
    row = (upload.media_id, upload.file_key, upload.user_id, upload.content_type, upload.filename, upload.length_bytes)
    tx.conditional(_BEGIN, *row, at_once, bytes_at_once, otherwise=otherwise)


def record_received(tx: Transaction, media_id: str, file_key: str, received_bytes: int, *, otherwise: Refused) -> None:
    """Queue how much of an upload is durable; `otherwise` if it is not there any more, or began anew."""
    tx.conditional(_RECEIVED, media_id, file_key, received_bytes, otherwise=otherwise)


async def unfinished_upload(reads: Database | Transaction, media_id: str) -> UnfinishedUpload | None:
    """The upload that was begun for an id, if there is one."""
    row = await reads.fetch_one(_UNFINISHED, media_id)
    return UnfinishedUpload(*row) if row is not None else None


async def unfinished_media_ids_of(database: Database, user_id: UserID, limit: int) -> list[str]:
    """The ids that a person has begun uploads for."""
    return [row[0] for row in await database.scan(_UNFINISHED_OF, user_id, limit)]


async def unfinished_keys_in_use(database: Database, keys: list[str]) -> set[str]:
    """Those of the file keys that belong to an upload."""
    return {row[0] for row in await database.scan(_UNFINISHED_KEYS, keys)}


def drop_unfinished(tx: Transaction, media_id: str) -> None:
    """Queue that the upload is not gone on with."""
    tx.execute(_DROP_UNFINISHED, media_id)
