"""All the SQL of previews."""

import msgspec

from chappe.storage import Database
from chappe.stream import Transaction

_PREVIEW = "SELECT digest, said, media_id, expires_at FROM link_preview WHERE digest = $1"
_KEEP = """
INSERT INTO link_preview (digest, said, media_id, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET said = excluded.said, media_id = excluded.media_id,
    expires_at = excluded.expires_at
"""
_FORGET = "DELETE FROM link_preview WHERE digest = $1 AND expires_at <= $2"
_EXPIRED = "SELECT digest, expires_at FROM link_preview WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"
_TOO_MANY = """
SELECT digest, expires_at FROM link_preview ORDER BY expires_at
LIMIT (SELECT CASE WHEN COUNT(*) > $1 THEN COUNT(*) - $1 ELSE 0 END FROM link_preview)
"""
_NAMED = "SELECT media_id FROM link_preview WHERE media_id IN (SELECT * FROM each_text($1))"


class Preview(msgspec.Struct, frozen=True):
    """What is kept of a page."""

    digest: str
    said: bytes
    media_id: str | None
    expires_at: int


async def preview(database: Database, digest: str) -> Preview | None:
    """What is kept of an address."""
    row = await database.fetch_one(_PREVIEW, digest)
    return Preview(*row) if row is not None else None


def keep(tx: Transaction, preview: Preview) -> None:
    """Queue a preview, in the place of an older one."""
    tx.execute(_KEEP, preview.digest, preview.said, preview.media_id, preview.expires_at)


def forget(tx: Transaction, digest: str, until: int) -> None:
    """Queue the end of a preview, if it is told no longer than that."""
    tx.execute(_FORGET, digest, until)


async def expired(database: Database, now: int, limit: int) -> list[tuple[str, int]]:
    """Previews that are not told any more, each with its time."""
    return [(row[0], row[1]) for row in await database.scan(_EXPIRED, now, limit)]


async def beyond(database: Database, most: int) -> list[tuple[str, int]]:
    """Those that end first, of more than there may be."""
    return [(row[0], row[1]) for row in await database.scan(_TOO_MANY, most)]


async def named(database: Database, media_ids: list[str]) -> set[str]:
    """Those media that a preview shows."""
    return {row[0] for row in await database.scan(_NAMED, media_ids)}
