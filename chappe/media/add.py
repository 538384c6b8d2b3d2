"""Adding media: at once, or under an id that was given out before.

Client-Server API v1.19, "POST /upload", "POST /create", "PUT /upload/{serverName}/{mediaId}".
"""

import secrets
from collections.abc import Callable

import msgspec

from chappe.errors import Errcode, Refused
from chappe.media import store
from chappe.media.arrivals import Arrivals
from chappe.media.hidden import require_not_blocked
from chappe.media.rules import not_found
from chappe.media.spool import Received
from chappe.media.sweep import Sweeper
from chappe.storage import Database
from chappe.stream import Device, Transaction

MEDIA_ID_BYTES = 18
"""Of chance in a media id. Whoever has the id may have the file, so it must not be guessed."""
RESERVED_MS = 24 * 3_600_000
"""How long an id is kept for the content: the specification recommends a day."""
MAX_RESERVED = 50
"""Ids of one person that nothing was uploaded under so far."""


class FilledLater(list[Callable[[], None]]):
    """Called when something came under an id that was given out before, which events may name already."""


class Described(msgspec.Struct, frozen=True):
    """What the uploader says about a file."""

    content_type: str
    filename: str | None


def new_media_id() -> str:
    """An id that nobody has, and nobody can guess."""
    return secrets.token_urlsafe(MEDIA_ID_BYTES)


async def add_media(tx: Transaction, device: Device, media_id: str, described: Described, file: Received) -> None:
    """Add what was uploaded, under a new id. The file is kept already. Refuses with FORBIDDEN one that is blocked."""
    await require_not_blocked(tx, file.sha256)
    store.add(tx, media_id, device.user_id, described.content_type, described.filename, file)


async def reserve_media(tx: Transaction, device: Device, media_id: str) -> int:
    """Give out a new id before its content is there. Returns until when (milliseconds since 1970) it is kept.

    Refuses with LIMIT_EXCEEDED whoever has `MAX_RESERVED` of them.
    """
    expires_at = tx.now + RESERVED_MS
    too_many = Refused(
        Errcode.LIMIT_EXCEEDED,
        f"There are {MAX_RESERVED} media IDs that you have not uploaded anything under. Use those first.",
        retry_after_ms=60_000,
    )
    store.reserve(tx, media_id, device.user_id, expires_at, MAX_RESERVED, otherwise=too_many)
    return expires_at


async def drop_upload(tx: Transaction, media_id: str) -> None:
    """Queue that an upload which was begun under the id is not gone on with. Its file goes once that is durable."""
    if await store.unfinished_upload(tx, media_id) is not None:
        store.drop_unfinished(tx, media_id)
        tx.after_commit(tx.of(Sweeper).wake)


async def fill_reserved(tx: Transaction, device: Device, media_id: str, described: Described, file: Received) -> None:
    """Add what was uploaded under an id given out before: once, whoever else tries at the same time.

    Refuses like `require_reserved`, and with FORBIDDEN a file that is blocked.
    """
    await require_reserved(tx, device, media_id, tx.now)
    await require_not_blocked(tx, file.sha256)
    store.use_reservation(tx, media_id, device.user_id, otherwise=cannot_overwrite())
    await drop_upload(tx, media_id)
    store.add(tx, media_id, device.user_id, described.content_type, described.filename, file)
    arrivals = tx.of(Arrivals)
    tx.after_commit(lambda: arrivals.arrived(media_id))
    for follow in tx.of(FilledLater):
        tx.after_commit(follow)


async def require_reserved(reads: Database | Transaction, device: Device, media_id: str, now: int) -> None:
    """Refuse an upload under an id that is used (CANNOT_OVERWRITE_MEDIA), not there or expired (NOT_FOUND), or
    another person's (FORBIDDEN)."""
    reservation = await store.reservation(reads, media_id)
    if reservation is None:
        media = await store.media(reads, media_id)
        raise cannot_overwrite() if media is not None and media.removed_at is None else not_found()
    if reservation.user_id != device.user_id:
        raise Refused(Errcode.FORBIDDEN, "This media ID was given to somebody else.")
    if reservation.expires_at <= now:
        raise Refused(Errcode.NOT_FOUND, "This media ID has expired. Make a new one.")


def cannot_overwrite() -> Refused:
    """The refusal of an upload under an id that is used."""
    return Refused(Errcode.CANNOT_OVERWRITE_MEDIA, "Something was uploaded under this media ID already.")
