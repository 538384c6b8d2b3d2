"""Forgetting previews that are out of date, or too many, and removing pictures that none of them shows any more."""

import asyncio
import logging

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.media import media_ids_of, remove_media
from chappe.previews import store
from chappe.previews.keep import forget_preview
from chappe.previews.picture import OURS, Pictures
from chappe.storage import Database
from chappe.stream import Bus, Command, shard_of

logger = logging.getLogger(__name__)

INTERVAL_S = 3_600.0
MAX_KEPT = 20_000
"""Previews that are kept after a sweep. Between two of them each person adds at most what the rate limit lets in."""
MAX_AT_ONCE = 500


async def sweep(bus: Bus, database: Database, clock: Clock, pictures: Pictures, most: int = MAX_KEPT) -> None:
    """Forget and remove. All of it is safe to do again."""
    while gone := await store.expired(database, clock.now_ms(), MAX_AT_ONCE):
        await _forget(bus, gone)
    await _forget(bus, await store.beyond(database, most))
    after = ""
    while media_ids := await media_ids_of(database, OURS, after, MAX_AT_ONCE):
        # Looked at before the rows: what is being kept now may be named by the time they are read.
        being_kept = set(pictures.being_kept)
        shown = await store.named(database, media_ids)
        for media_id in media_ids:
            if media_id not in shown and media_id not in being_kept:
                await bus.call(shard_of(media_id), Command(remove_media, None, (media_id,)))
        after = media_ids[-1]


async def sweep_hourly(bus: Bus, database: Database, clock: Clock, pictures: Pictures) -> None:
    """The same from the start on, every hour. Ends when cancelled."""
    while True:
        try:
            await sweep(bus, database, clock, pictures)
        except Refused as no:
            logger.warning("Previews of links are cleaned up later: %s", no.reason)
        await asyncio.sleep(INTERVAL_S)


async def _forget(bus: Bus, gone: list[tuple[str, int]]) -> None:
    for digest, until in gone:
        await bus.call(shard_of(digest), Command(forget_preview, None, (digest, until)))
