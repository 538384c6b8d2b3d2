"""Tidying away restrictions whose time is over. They end by themselves: whoever reads looks at the time."""

import asyncio
import logging

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.restrictions import store
from chappe.restrictions.impose import lift_effect
from chappe.restrictions.restriction import Kind, home_of
from chappe.storage import Database
from chappe.stream import Bus, Command

logger = logging.getLogger(__name__)

INTERVAL_S = 60.0
AT_ONCE = 500
"""Restrictions that are looked up together."""


async def sweep(bus: Bus, database: Database, now: int) -> int:
    """Lift all that have ended. Returns how many."""
    swept = 0
    while ended := await store.ended(database, now, AT_ONCE):
        for kind, subject, within, id in ended:
            home = home_of(Kind(kind), subject, within)
            await bus.call(home, Command(lift_effect, None, (kind, subject, within, id)))
        swept += len(ended)
    return swept


async def sweep_minutely(bus: Bus, database: Database, clock: Clock) -> None:
    """Do so each minute. Ends when cancelled."""
    while True:
        await asyncio.sleep(INTERVAL_S)
        try:
            await sweep(bus, database, clock.now_ms())
        except Refused as refused:
            logger.warning("Restrictions that have ended are tidied away later: %s", refused.reason)
