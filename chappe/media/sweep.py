"""Finishing what was begun: files of removed media, uploads that a crash cut off, ids that nobody used in time."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.media import store
from chappe.media.files import Files
from chappe.media.spool import Spool
from chappe.media.thumbnails import Thumbnails
from chappe.media.unfinished import Unfinished
from chappe.storage import Database
from chappe.stream import Bus, Command, Shard, Transaction, shard_of

logger = logging.getLogger(__name__)

INTERVAL_S = 3_600.0
RETRY_S = 60.0
"""After how long it is tried again when files could not be deleted."""
MAX_SWEPT_AT_ONCE = 500


class Sweeper:
    """Sweeps when the process starts, when something was removed, and every hour."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        spool: Spool,
        unfinished: Unfinished,
        files: Files,
        thumbnails: Thumbnails,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._spool = spool
        self._unfinished = unfinished
        self._files = files
        self._thumbnails = thumbnails
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Sweep for as long as the process runs. Ends when cancelled."""
        while True:
            self._woken.clear()
            pause_s = INTERVAL_S
            try:
                await self.sweep()
            except (Refused, OSError) as error:
                pause_s = RETRY_S
                logger.warning("Files are cleaned up later: %s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    async def sweep(self) -> None:
        """Delete whatever may go. All of it is safe to do again, and by several processes."""
        await self._delete_unlinked()
        await self._settle_left_over()
        await self._drop_expired()
        await self._remove_given_up()

    async def _delete_unlinked(self) -> None:
        while files := await store.unlinked_files(self._database, MAX_SWEPT_AT_ONCE):
            for key, media_id in files:
                await self._files.delete(key)
                await self._thumbnails.forget(key)
                await self._bus.call(shard_of(media_id), Command(forget_unlinked, None, (key,)))

    async def _settle_left_over(self) -> None:
        """What is in the spool and locked by nobody: its media was committed, or it is to go."""
        while keys := await asyncio.to_thread(self._spool.left_over, MAX_SWEPT_AT_ONCE):
            in_use = await store.keys_in_use(self._database, keys)
            for key in keys:
                if key not in in_use:
                    await self._files.delete(key)
                await asyncio.to_thread(self._spool.remove_left_over, key)

    async def _drop_expired(self) -> None:
        while media_ids := await store.expired_reservations(self._database, self._clock.now_ms(), MAX_SWEPT_AT_ONCE):
            for shard, ids in _by_shard(media_ids).items():
                await self._bus.call(shard, Command(drop_reservations, None, (ids,)))

    async def _remove_given_up(self) -> None:
        """Files of uploads whose row is gone, or was never committed."""
        keys = await asyncio.to_thread(self._unfinished.keys)
        for at in range(0, len(keys), MAX_SWEPT_AT_ONCE):
            without_row = await self._without_row(keys[at : at + MAX_SWEPT_AT_ONCE])
            idle = await asyncio.to_thread(self._unfinished.not_worked_on, without_row)
            # Asked again: an upload that began meanwhile has let go of its file only after its row was there.
            for key in await self._without_row(idle):
                await asyncio.to_thread(self._unfinished.remove, key)

    async def _without_row(self, keys: list[str]) -> list[str]:
        in_use = await store.unfinished_keys_in_use(self._database, keys) if keys else set()
        return [key for key in keys if key not in in_use]


async def forget_unlinked(tx: Transaction, device: object, key: str) -> None:
    """An act: the file is deleted."""
    store.forget_unlinked(tx, key)


async def drop_reservations(tx: Transaction, device: object, media_ids: Sequence[str]) -> None:
    """An act: these ids were not used in time."""
    for media_id in media_ids:
        store.drop_reservation(tx, media_id)
        store.drop_unfinished(tx, media_id)


def _by_shard(media_ids: list[str]) -> dict[Shard, list[str]]:
    found: dict[Shard, list[str]] = {}
    for media_id in media_ids:
        found.setdefault(shard_of(media_id), []).append(media_id)
    return found
