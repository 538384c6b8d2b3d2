"""Destroying what was redacted, once its time is over: the originals wait for those who may still need them."""

import asyncio
import logging

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.stream import SHARDS, Bus, Command, Place, Shard
from chappe.timeline.redact import erase_originals_before

logger = logging.getLogger(__name__)

DAY_MS = 86_400_000
INTERVAL_S = 3_600.0


async def purge_originals(bus: Bus, clock: Clock, kept_days: int) -> None:
    """Destroy, in every shard, the originals of what was redacted more than `kept_days` ago, unless held."""
    cutoff_ms = clock.now_ms() - kept_days * DAY_MS
    for number in range(SHARDS):
        after: object = None
        while True:
            after = await bus.call(Shard(number), Command(erase_originals_before, None, (cutoff_ms, after)))
            if after is None:
                break
            assert isinstance(after, int)
            after = Place(after)


async def purge_hourly(bus: Bus, clock: Clock, kept_days: int) -> None:
    """The same every hour, from an hour after the start on. Ends when cancelled."""
    while True:
        await asyncio.sleep(INTERVAL_S)
        try:
            await purge_originals(bus, clock, kept_days)
        except Refused as refused:
            logger.warning("Originals of redacted events are erased later: %s", refused.reason)
