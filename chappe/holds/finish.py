"""Doing what was put off, once nothing holds it any more."""

import asyncio
import logging

from chappe.errors import Refused
from chappe.holds.erase import Holds
from chappe.storage import Database
from chappe.stream import Bus, Command, Device, Shard, Transaction

logger = logging.getLogger(__name__)

INTERVAL_S = 3_600.0
PAGE = 500
"""Erasures that are read at once."""

_NEXT = "SELECT kind, subject, shard FROM put_off WHERE (kind, subject) > ($1, $2) ORDER BY kind, subject LIMIT $3"
_DONE = "DELETE FROM put_off WHERE kind = $1 AND subject = $2"


async def finish_all(bus: Bus, database: Database) -> int:
    """Look at everything that was put off, and erase what nothing holds now. Returns how much that was."""
    done = 0
    kind = subject = ""
    while page := await database.fetch(_NEXT, kind, subject, PAGE):
        for kind, subject, shard in page:
            done += bool(await bus.call(Shard(shard), Command(finish, None, (kind, subject))))
    return done


async def finish(tx: Transaction, device: Device | None, kind: str, subject: str) -> bool:
    """An act, in the shard of what is to be erased: erase it, unless it is still held."""
    holds = tx.of(Holds)
    if await holds.covers(tx, kind, subject):
        return False
    await holds.erasers[kind](tx, subject)
    tx.execute(_DONE, kind, subject)
    return True


async def finish_hourly(bus: Bus, database: Database) -> None:
    """Do so every hour, from an hour after the start on. Ends when cancelled."""
    while True:
        await asyncio.sleep(INTERVAL_S)
        try:
            await finish_all(bus, database)
        except Refused as refused:
            logger.warning("What was put off is erased later: %s", refused.reason)
