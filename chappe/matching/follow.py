"""Following what is published and retired: new lists are taken up, and the hashes of old ones are forgotten."""

import asyncio
import contextlib
import logging

from chappe.clock import Clock
from chappe.matching import store
from chappe.matching.lists import abandon, drop_chunks
from chappe.matching.snapshots import Snapshots
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command

logger = logging.getLogger(__name__)

INTERVAL_S = 3_600.0
RETRY_S = 30.0
SWEPT_AT_ONCE = 32
LOADING_MS = 86_400_000
"""After how long a list that never became whole is dropped."""


async def follow_lists(snapshots: Snapshots, database: Database, bus: Bus, clock: Clock) -> None:
    """Do so for as long as the process runs."""
    while True:
        snapshots.woken.clear()
        pause_s = INTERVAL_S
        try:
            await snapshots.load()
            await sweep(database, bus, clock.now_ms())
        except Exception:
            pause_s = RETRY_S
            logger.exception("The lists of hashes are as they were before, and are loaded again later")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await snapshots.woken.wait()


async def sweep(database: Database, bus: Bus, now: int) -> None:
    """Forget the hashes of what is not used any more, and what never became whole."""
    for import_id in await store.abandoned(database, now - LOADING_MS, SWEPT_AT_ONCE):
        await bus.call(REGISTER, Command(abandon, None, (import_id,)))
    while parts := await store.left_over(database, SWEPT_AT_ONCE):
        await bus.call(REGISTER, Command(drop_chunks, None, (parts,)))
