"""Looks every minute for whom something is unread long enough that they are written to."""

import asyncio
import logging

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.push import store
from chappe.push.digest import BETWEEN_MS, UNREAD_MS, send_digest
from chappe.storage import Database
from chappe.stream import Bus, Command, shard_of

logger = logging.getLogger(__name__)

LOOK_S = 60.0
MAX_AT_ONCE = 500
"""People written to in one minute."""


async def mail_minutely(database: Database, bus: Bus, clock: Clock) -> None:
    """A task of the process; it ends when cancelled."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await mail_due(database, bus, clock)
        except Refused as refused:
            logger.warning("Letters about unread messages are sent later: %s", refused.reason)


async def mail_due(database: Database, bus: Bus, clock: Clock) -> int:
    """Write to those whose time it is. Returns to how many."""
    now = clock.now_ms()
    people = await store.due_for_digest(database, now - UNREAD_MS, now - BETWEEN_MS, MAX_AT_ONCE)
    for user_id in people:
        await bus.call(shard_of(user_id), Command(send_digest, None, (user_id,)))
    return len(people)
