"""What runs beside: taking up what was changed, pausing rooms that a rule wants paused, forgetting old hits."""

import asyncio
import contextlib
import logging

from chappe.clock import Clock
from chappe.rules import store
from chappe.rules.current import Current
from chappe.rules.gate import Pausing
from chappe.rules.hits import DROPPED_AT_ONCE, KEPT_MS, Hits, drop_hits
from chappe.rules.protect import pause_by_rule
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command

logger = logging.getLogger(__name__)

INTERVAL_S = 60.0
BESIDE_S = 0.5


async def follow_rules(current: Current, database: Database, bus: Bus, clock: Clock) -> None:
    """Keep what is in memory as it stands in the database, for as long as the process runs."""
    while True:
        current.woken.clear()
        try:
            await current.load()
            while old := await store.old_hits(database, clock.now_ms() - KEPT_MS, DROPPED_AT_ONCE):
                await bus.call(REGISTER, Command(drop_hits, None, (old,)))
        except Exception:
            logger.exception("Rules are as they were before, and are loaded again later")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(INTERVAL_S):
                await current.woken.wait()


async def work_beside(hits: Hits, pausing: Pausing, bus: Bus) -> None:
    """Write down what is noted, and pause what is to be paused, for as long as the process runs."""
    while True:
        try:
            await pause_waiting(pausing, bus)
            await hits.write()
        except Exception:
            logger.exception("What rules found is dealt with later")
        await asyncio.sleep(BESIDE_S)


async def pause_waiting(pausing: Pausing, bus: Bus) -> None:
    """Pause the rooms that wait for it."""
    while pausing.waiting:
        room_id, rule = pausing.waiting.popitem()
        await bus.call(REGISTER, Command(pause_by_rule, None, (room_id, rule.name, rule.version, rule.why)))
