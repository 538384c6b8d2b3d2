"""Readers: whoever follows the log at their own pace and catches up after a crash.

Push, bots, search, previews and figures are readers. Each has a name and a saved position for every
shard; sending knows none of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chappe.storage import Database
from chappe.stream.log import Log
from chappe.stream.shards import SHARDS, Shard
from chappe.stream.writer import Writer

logger = logging.getLogger(__name__)

RETRY_S = 1.0

Handle = Callable[[Shard, int, int], Awaitable[None]]
"""`handle(shard, after, upto)`: deal with the entries after one position, up to and with another.

It may be called again for the same entries after a crash, and must do no harm then.
"""

_POSITIONS = "SELECT shard, position FROM reader WHERE name = $1"
_SAVE = """
INSERT INTO reader (name, shard, position) VALUES ($1, $2, $3)
ON CONFLICT (name, shard) DO UPDATE SET position = excluded.position
"""


class Reader:
    """One follower of all shards. `run` is a task of the process; it ends when cancelled."""

    def __init__(self, name: str, handle: Handle, database: Database, log: Log, writer: Writer) -> None:
        self.name = name
        self._handle = handle
        self._database = database
        self._log = log
        self._writer = writer
        self.positions = [0] * SHARDS
        self._seen_version = -1

    @property
    def lag(self) -> int:
        """How many positions it has still to deal with."""
        return sum(self._log.heads[:SHARDS]) - sum(self.positions)

    async def run(self, interval_s: float = 0.2) -> None:
        """Catch up, then look again whenever the log has moved."""
        for shard, position in await self._database.fetch(_POSITIONS, self.name):
            self.positions[shard] = position
        while True:
            try:
                await self.catch_up()
            except Exception:
                logger.exception("Reader %s will try again", self.name)
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(interval_s)

    async def catch_up(self) -> None:
        """Deal with everything committed so far. A position is saved after its entries were dealt with."""
        if self._log.version == self._seen_version:
            return
        self._seen_version, heads = self._log.version, self._log.heads
        try:
            for number, head in enumerate(heads[:SHARDS]):
                if head > self.positions[number]:
                    await self._handle(Shard(number), self.positions[number], head)
                    self.positions[number] = head
                    self._writer.lazily(_SAVE, self.name, number, head)
        except BaseException:
            self._seen_version = -1
            raise
